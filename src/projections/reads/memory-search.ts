import { eng } from 'stopword';
import { countTerms, stem, words } from '../../database/full-text.js';
import type { MemoryRow, MemorySummaryRow } from '../memory-index.projection.js';
import {
  scoreOf,
  Scoring,
  type Factors,
  type Frequency,
  type Scored,
  type ScoreParts,
} from './memory-score.js';

/**
 * A search compares so many memories at most, and then stops looking up further words. Words are looked up
 * rarest first, in groups that together occur in at most as many memories. Of a word that alone exceeds the
 * bound, the newest memories are compared.
 */
const MAX_COMPARED = 1_000;
/** Memories that are read in full at once; of more, the remaining terms are counted in the index first. */
const MEMORIES_PER_PAGE = 16;

const stopwords = new Set(eng);

/** A search among one user's memories. */
export interface MemoryQuestion extends MemoryFilter {
  userId: string;
  q: string;
  limit: number;
}

/** Which memories a search may return. */
export interface MemoryFilter {
  types?: readonly string[] | undefined;
  /** Lowest confidence to return, 0..1. */
  minConfidence: number;
}

/** A memory that matches, with its score. */
export interface MemoryHit {
  memory: MemoryRow;
  score: number;
  parts: ScoreParts;
}

/** The best memories, best first; among equals the newer first. */
export interface MemoryMatches {
  hits: MemoryHit[];
  /** False if so many memories contain the words that a better one may be among those not compared. */
  complete: boolean;
}

/** A lookup of the memories that contain any of the terms. */
export interface TermLookup extends MemoryFilter {
  userId: string;
  terms: readonly string[];
  /** Most memories to return, the newest first. */
  limit: number;
}

/** A memory that a lookup found. */
export interface FoundMemory extends Scored {
  formedPosition: number;
  /** How often it contains each of the terms that it has, in the order in which they were looked up. */
  counts: Map<string, number>;
}

/** The database operations that search needs. */
export interface MemoryIndex {
  /** In how many of the user's memories each of the terms occurs. */
  frequencies(userId: string, terms: readonly string[]): readonly number[];
  /** The newest memories that pass the filter and contain any of the terms. */
  lookUp(lookup: TermLookup): readonly FoundMemory[];
  /** How often each of these memories contains the term; memories that lack it are left out. */
  counts(
    userId: string,
    term: string,
    formedPositions: readonly number[],
  ): Iterable<readonly [formedPosition: number, count: number]>;
  summary(userId: string): MemorySummaryRow | undefined;
  /** The memories at these positions, in any order. */
  memories(userId: string, formedPositions: readonly number[]): readonly MemoryRow[];
}

/** Returns the stems of a question, each once; stopwords only if it contains nothing else. */
export function questionTerms(q: string): string[] {
  const all = words(q);
  const meaningful = all.filter((word) => !stopwords.has(word));
  return [...new Set((meaningful.length > 0 ? meaningful : all).map(stem))];
}

/** Returns the memories that contain any word of the question and pass its filter, best first. */
export function searchMemories(
  index: MemoryIndex,
  question: MemoryQuestion,
  maxCompared = MAX_COMPARED,
): MemoryMatches {
  const summary = index.summary(question.userId);
  const terms = questionTerms(question.q);
  if (!summary || summary.total === 0 || terms.length === 0) return { hits: [], complete: true };
  const counts = index.frequencies(question.userId, terms);
  const frequencies = terms.map((term, i): Frequency => [term, counts[i] ?? 0]);
  const rarestFirst = frequencies.filter(([, n]) => n > 0).toSorted(([, a], [, b]) => a - b);
  return new Search({ index, question, maxCompared }, new Scoring(rarestFirst, summary)).run(rarestFirst);
}

/** A memory that was found, and the most that it can score. */
interface Contender {
  formedPosition: number;
  most: number;
}

/**
 * One search. A memory that was not found, and the terms that were not looked up, can still be left out for
 * certain: what they can add to a score has an upper bound (Turtle and Flood's MaxScore, 1995).
 */
class Search {
  private readonly found = new Map<number, FoundMemory & { factors: Factors }>();
  /** Terms of which not every memory is in `found`. */
  private readonly open = new Set<string>();
  /** Those of the open terms that were not counted in the memories that were found. */
  private readonly uncounted = new Set<string>();

  private readonly index: MemoryIndex;
  private readonly question: MemoryQuestion;
  private readonly maxCompared: number;

  constructor(
    parts: { index: MemoryIndex; question: MemoryQuestion; maxCompared: number },
    private readonly scoring: Scoring,
  ) {
    this.index = parts.index;
    this.question = parts.question;
    this.maxCompared = parts.maxCompared;
  }

  run(frequencies: readonly Frequency[]): MemoryMatches {
    for (const [term] of frequencies) {
      this.open.add(term);
      this.uncounted.add(term);
    }
    const rarestFirst = [...frequencies];
    while (rarestFirst.length > 0 && this.found.size < this.maxCompared && !this.isDecided())
      this.lookUp(takeRarest(rarestFirst, this.maxCompared));
    const hits = this.best(this.contenders());
    const worst = this.isFull(hits) ? (hits.at(-1)?.score ?? 0) : 0;
    return { hits, complete: worst >= this.scoring.mostOf(this.open) };
  }

  private lookUp(terms: readonly string[]): void {
    const { userId, types, minConfidence } = this.question;
    const limit = this.maxCompared + 1;
    const memories = this.index.lookUp({ userId, terms, types, minConfidence, limit });
    for (const term of memories.length < limit ? terms : []) {
      this.open.delete(term);
      this.uncounted.delete(term);
    }
    for (const memory of memories.slice(0, this.maxCompared)) {
      const known = this.found.get(memory.formedPosition);
      if (known) for (const [term, count] of memory.counts) known.counts.set(term, count);
      else this.found.set(memory.formedPosition, { ...memory, factors: this.scoring.factors(memory) });
    }
  }

  /** Whether no memory that contains only open terms can be among the best. */
  private isDecided(): boolean {
    if (this.found.size < this.question.limit) return false;
    return this.worstOf(this.leastScores()) > this.scoring.mostOf(this.open);
  }

  /** The memories that can be among the best, those that can score most first. */
  private contenders(): Contender[] {
    for (;;) {
      const contenders = this.contendersByCounts();
      const [term] = this.uncounted;
      if (contenders.length <= MEMORIES_PER_PAGE || term === undefined) return contenders;
      this.uncounted.delete(term);
      const counts = this.index.counts(this.question.userId, term, [...this.found.keys()]);
      for (const [formedPosition, count] of counts) this.found.get(formedPosition)?.counts.set(term, count);
    }
  }

  private contendersByCounts(): Contender[] {
    const least = this.leastScores();
    const worst = this.found.size < this.question.limit ? 0 : this.worstOf(least);
    const contenders: Contender[] = [];
    let i = 0;
    for (const { formedPosition, counts } of this.found.values()) {
      let most = least[i++] as number;
      for (const term of this.uncounted) if (!counts.has(term)) most += this.scoring.mostOf([term]);
      if (most >= worst) contenders.push({ formedPosition, most });
    }
    return contenders.toSorted((a, b) => b.most - a.most || b.formedPosition - a.formedPosition);
  }

  /** What each memory scores at least, in the order of `found`. */
  private leastScores(): number[] {
    return [...this.found.values()].map((memory) =>
      this.scoring.score(memory, memory.counts, memory.factors),
    );
  }

  private worstOf(scores: readonly number[]): number {
    return scores.toSorted((a, b) => b - a)[this.question.limit - 1] ?? 0;
  }

  /** Reads memories in full until no other can be among the best. */
  private best(contenders: readonly Contender[]): MemoryHit[] {
    const perPage = Math.max(this.question.limit, this.uncounted.size === 0 ? 0 : MEMORIES_PER_PAGE);
    let hits: MemoryHit[] = [];
    for (let read = 0; read < contenders.length; read += perPage) {
      const next = contenders[read]?.most ?? 0;
      // With all terms counted, the order is exact already.
      if (this.isFull(hits) && (this.uncounted.size === 0 || (hits.at(-1)?.score ?? 0) > next)) break;
      hits = this.betterOf(hits, contenders.slice(read, read + perPage));
    }
    return hits;
  }

  private betterOf(hits: readonly MemoryHit[], page: readonly Contender[]): MemoryHit[] {
    const { userId, limit } = this.question;
    const positions = page.map(({ formedPosition }) => formedPosition);
    const read = this.index.memories(userId, positions).map((memory): MemoryHit => {
      const counts = countTerms(this.scoring.weights, [memory.content, memory.context ?? '']);
      const parts = this.scoring.parts(memory, counts);
      return { memory, score: scoreOf(parts), parts };
    });
    return [...hits, ...read]
      .toSorted((a, b) => b.score - a.score || b.memory.formedPosition - a.memory.formedPosition)
      .slice(0, limit);
  }

  private isFull(hits: readonly MemoryHit[]): boolean {
    return hits.length >= this.question.limit;
  }
}

/** Removes from the front the terms that together occur in at most so many memories; at least one. */
function takeRarest(rarestFirst: Frequency[], maxCompared: number): string[] {
  let compared = 0;
  const next = rarestFirst.findIndex(([, frequency], i) => (compared += frequency) > maxCompared && i > 0);
  return rarestFirst.splice(0, next < 0 ? rarestFirst.length : next).map(([term]) => term);
}
