import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { userPrefix } from '../../database/full-text.js';
import { PostgresqlFullText } from '../../database/postgresql/postgresql-full-text.js';
import { memoriesTable, type MemoryRow, type MemorySummaryRow } from '../memory-index.projection.js';
import { type Looked, type MemoryIndex, type TermLookup } from './memory-lookups.js';
import type { ScoredMemory } from './memory-score.js';
import { MAX_COMPARED, searchInSteps, type MemoryMatches, type MemoryQuestion } from './memory-search.js';

/** Reads what a score needs. The terms are counted last, for the rows that the limit leaves. */
const SELECT_FOUND = `select m.formed_position, m.term_count, m.importance, m.occurred_at, m.recall_count,
    (select json_object_agg(word, times) from (
      select word, count(*) as times from unnest(string_to_array(f.terms, ' ')) word
      where word = any($3::text[]) group by word) counted) as counts
  from (
    select f.user_id, f.id, f.terms from memories_fts f
      join memories m on m.user_id = f.user_id and m.formed_position = f.id
      where f.user_id = $1 and f.search @@ $2::tsquery and m.confidence >= $4
        and ($5::text[] is null or m.type = any($5::text[]))
      order by f.id desc limit $6
  ) f join memories m on m.user_id = f.user_id and m.formed_position = f.id`;

/** Counts a term in the words of these rows. */
const COUNT_TERM = `select id, cardinality(array_positions(string_to_array(terms, ' '), $2)) as count
  from memories_fts where user_id = $1 and id = any($3::bigint[]) and search @@ $4::tsquery`;

interface FoundRow {
  formed_position: number;
  term_count: number;
  importance: number;
  occurred_at: number;
  recall_count: number;
  counts: Record<string, number>;
}

/** The lookups of a search in the memory index of a PostgreSQL database. */
export class PostgresqlMemoryIndex {
  private readonly fullText = new PostgresqlFullText(memoriesTable);

  constructor(private readonly db: Pick<pg.Pool, 'query'>) {}

  frequencies(userId: string, terms: readonly string[]): Promise<number[]> {
    return this.fullText.frequencies(this.db, userId, terms);
  }

  async lookUp({ userId, terms, types, minConfidence, limit }: TermLookup): Promise<Looked> {
    const prefix = userPrefix(userId);
    // Not prepared: the best index depends on how frequent the terms are, so every search needs its own plan.
    const { rows } = await this.db.query<FoundRow>(SELECT_FOUND, [
      userId,
      this.fullText.anyOf(userId, terms),
      terms.map((term) => prefix + term),
      minConfidence,
      types ?? null,
      limit + 1,
    ]);
    const newestFirst = rows.toSorted((a, b) => b.formed_position - a.formed_position);
    const found = newestFirst.slice(0, limit).toReversed();
    const occurrences = new Map(terms.map((term): [string, number[]] => [prefix + term, []]));
    for (const { formed_position: position, counts } of found)
      for (const [word, times] of Object.entries(counts))
        for (let i = 0; i < times; i++) occurrences.get(word)?.push(position);
    return {
      occurrences: terms.map((term) => [term, occurrences.get(prefix + term) ?? []]),
      scored: found.map(scoredMemory),
      all: rows.length <= limit,
    };
  }

  async occurrences(userId: string, term: string, formedPositions: readonly number[]): Promise<number[]> {
    const { rows } = await this.db.query<{ id: number; count: number }>(COUNT_TERM, [
      userId,
      userPrefix(userId) + term,
      formedPositions,
      this.fullText.anyOf(userId, [term]),
    ]);
    const ascending = rows.toSorted((a, b) => a.id - b.id);
    return ascending.flatMap(({ id, count }) => Array.from({ length: count }, () => id));
  }
}

function scoredMemory(row: FoundRow): ScoredMemory {
  return {
    formedPosition: row.formed_position,
    termCount: row.term_count,
    importance: row.importance,
    occurredAt: row.occurred_at,
    recallCount: row.recall_count,
  };
}

/** Reads what a search needs. */
export interface SearchSource {
  index: Pick<PostgresqlMemoryIndex, 'frequencies' | 'lookUp' | 'occurrences'>;
  summary(userId: string): Promise<MemorySummaryRow | undefined>;
  memories(userId: string, formedPositions: readonly number[]): Promise<MemoryRow[]>;
}

/**
 * Reads of one search at once. They are those that it comes to first: what they find decides whether it needs
 * the others, of which a long message has hundreds.
 */
const READS_AT_ONCE = 8;

/** Work of a search in a row before the main thread takes other work, ms. */
const TURN_MS = 5;

/**
 * Runs the search again, after fetching in parallel what it missed first, until nothing is missing. The reads
 * are no snapshot: what is written meanwhile may be missing, or count with other frequencies.
 */
export async function searchLoaded(
  source: SearchSource,
  question: MemoryQuestion,
  turnMs = TURN_MS,
): Promise<MemoryMatches> {
  const loaded = new Map<string, unknown>();
  const counts = new WeakMap();
  for (;;) {
    const index = new LoadedIndex(loaded);
    const matches = await inTurns(searchInSteps(index, question, MAX_COMPARED, counts), turnMs);
    if (index.missing.size === 0) return matches;
    const next = [...index.missing].slice(0, READS_AT_ONCE);
    await Promise.all(next.map(async ([id, load]) => loaded.set(id, await load(source))));
  }
}

/** Takes the steps in turns of the main thread, and returns what the last one returns. */
async function inTurns<T>(steps: Generator<undefined, T>, turnMs: number): Promise<T> {
  for (let begun = performance.now(); ;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - begun < turnMs) continue;
    await nextTurn();
    begun = performance.now();
  }
}

/** What a search needs and has not been read yet, by a text that names it; what it needs first comes first. */
type Missing = Map<string, (source: SearchSource) => Promise<unknown>>;

/** Serves a search from the results loaded so far, and records the lookups that are missing. */
class LoadedIndex implements MemoryIndex {
  readonly missing: Missing = new Map();

  constructor(private readonly loaded: ReadonlyMap<string, unknown>) {}

  summary(userId: string) {
    return this.read('summary', undefined, (source) => source.summary(userId));
  }

  frequencies(userId: string, terms: readonly string[]): readonly number[] {
    return this.read('frequencies', [], ({ index }) => index.frequencies(userId, terms));
  }

  lookUp(lookup: TermLookup): Looked {
    return this.read(`lookUp ${JSON.stringify(lookup)}`, NOTHING, ({ index }) => index.lookUp(lookup));
  }

  /** Lookups in PostgreSQL read with a memory what its score needs. */
  scored(): readonly ScoredMemory[] {
    return [];
  }

  occurrences(userId: string, term: string, formedPositions: readonly number[]): readonly number[] {
    const id = `occurrences ${JSON.stringify([term, formedPositions])}`;
    return this.read(id, [], ({ index }) => index.occurrences(userId, term, formedPositions));
  }

  memories(userId: string, formedPositions: readonly number[]): readonly MemoryRow[] {
    const id = `memories ${JSON.stringify(formedPositions)}`;
    return this.read(id, [], (source) => source.memories(userId, formedPositions));
  }

  private read<T>(id: string, placeholder: T, load: (source: SearchSource) => Promise<T>): T {
    if (this.loaded.has(id)) return this.loaded.get(id) as T;
    this.missing.set(id, load);
    return placeholder;
  }
}

const NOTHING: Looked = { occurrences: [], scored: [], all: true };
