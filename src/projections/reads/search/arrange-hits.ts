import type { MemoryRow } from '../../memory-index.projection.js';
import { memoryTerms } from '../../memory/memory-text.js';
import type { ScoreParts } from './memory-score.js';

/** Two memories are near-duplicates if their sets of stems have this Jaccard index (1912). */
const DUPLICATE = 0.7;
/** From here on, they say something about the same thing: the newer one goes first. */
const SAME_THING = 0.5;
/** If it scores at least so much of the older one's score: the same words, and a near importance. */
const NEAR_SCORE = 0.85;

interface Ranked {
  memory: MemoryRow;
  score: number;
  parts: Pick<ScoreParts, 'importance' | 'recency' | 'recall'>;
}

interface Placed<Hit> {
  hit: Hit;
  /** How many stems it has. */
  size: number;
  /** Its near-duplicates. */
  again: Hit[];
}

/**
 * Arranges hits, best first: of two that say something about the same thing, the newer goes first where their
 * scores are near; near-duplicates of one before them come after all others, by
 * importance, recency and recalls: their words are the same.
 */
export function arrangeHits<Hit extends Ranked>(
  hits: readonly Hit[],
): { distinct: Hit[]; duplicates: Hit[] } {
  const distinct: Placed<Hit>[] = [];
  /** Those of the distinct ones that contain a stem. */
  const withStem = new Map<string, Placed<Hit>[]>();
  for (const hit of hits) {
    const stems = memoryTerms(hit.memory);
    const next: Placed<Hit> = { hit, size: stems.size, again: [] };
    const likeness = likenesses(stems, withStem);
    const same = distinct.findIndex((each) => (likeness.get(each) ?? 0) >= SAME_THING);
    const other = distinct[same];
    const isDuplicate = other !== undefined && (likeness.get(other) as number) >= DUPLICATE;
    const isNewer = other !== undefined && replaces(hit, other.hit);
    if (isDuplicate && !isNewer) {
      other.again.push(hit);
      continue;
    }
    if (isDuplicate) next.again = [...other.again, other.hit];
    if (isNewer) distinct.splice(same, isDuplicate ? 1 : 0, next);
    else distinct.push(next);
    for (const stem of stems) {
      const others = withStem.get(stem);
      if (others) others.push(next);
      else withStem.set(stem, [next]);
    }
  }
  return {
    distinct: distinct.map(({ hit }) => hit),
    duplicates: distinct.flatMap(({ again }) => again.toSorted(byFactors)),
  };
}

/** The Jaccard index of these stems and those of each that shares some. */
function likenesses<Hit>(
  stems: ReadonlySet<string>,
  withStem: ReadonlyMap<string, readonly Placed<Hit>[]>,
): Map<Placed<Hit>, number> {
  const shared = new Map<Placed<Hit>, number>();
  for (const stem of stems)
    for (const other of withStem.get(stem) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
  for (const [other, count] of shared) shared.set(other, count / (stems.size + other.size - count));
  return shared;
}

function replaces(hit: Ranked, older: Ranked): boolean {
  return hit.memory.statedAt > older.memory.statedAt && hit.score >= NEAR_SCORE * older.score;
}

function byFactors({ parts: a }: Ranked, { parts: b }: Ranked): number {
  return b.importance * b.recency * b.recall - a.importance * a.recency * a.recall;
}
