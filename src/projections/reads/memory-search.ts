import { eng } from 'stopword';
import { countTerms, stem, words } from '../../database/full-text.js';
import type { MemoryRow, MemorySummaryRow } from '../memory-index.projection.js';
import { scoreOf, Scoring, type Frequency, type Scored, type ScoreParts } from './memory-score.js';

/**
 * A search compares so many memories at most, and then stops looking up further words. Words are looked up
 * rarest first, in groups that together occur in at most as many memories. Of a word that alone exceeds the
 * bound, the newest memories are compared.
 */
export const MAX_COMPARED = 1_000;
/** Memories that are read in full at once. */
const MEMORIES_PER_PAGE = 16;
/** Memories that are read in full when not all were compared anyway. */
const MAX_READ = 100;

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
export function searchMemories(index: MemoryIndex, question: MemoryQuestion): MemoryMatches {
  const summary = index.summary(question.userId);
  const terms = questionTerms(question.q);
  if (!summary || summary.total === 0 || terms.length === 0) return { hits: [], complete: true };
  const counts = index.frequencies(question.userId, terms);
  const frequencies = terms.map((term, i): Frequency => [term, counts[i] ?? 0]);
  const rarestFirst = frequencies.filter(([, n]) => n > 0).toSorted(([, a], [, b]) => a - b);
  return new Search(index, question, new Scoring(rarestFirst, summary)).run(rarestFirst);
}

/**
 * One search. A memory that was not found, and the terms that were not looked up, can still be left out for
 * certain: what they can add to a score has an upper bound (Turtle and Flood's MaxScore, 1995).
 */
class Search {
  private readonly found = new Map<number, FoundMemory>();
  /** Terms of which not every memory is in `found`. */
  private readonly open = new Set<string>();

  constructor(
    private readonly index: MemoryIndex,
    private readonly question: MemoryQuestion,
    private readonly scoring: Scoring,
  ) {}

  run(rarestFirst: Frequency[]): MemoryMatches {
    for (const [term] of rarestFirst) this.open.add(term);
    while (rarestFirst.length > 0 && this.found.size < MAX_COMPARED && !this.isDecided())
      this.lookUp(takeRarest(rarestFirst));
    const { hits, readAll } = this.best();
    const worst = this.isFull(hits) ? (hits.at(-1)?.score ?? 0) : 0;
    return { hits, complete: readAll && worst >= this.scoring.mostOf(this.open) };
  }

  private lookUp(terms: readonly string[]): void {
    const { userId, types, minConfidence } = this.question;
    const limit = MAX_COMPARED + 1;
    const memories = this.index.lookUp({ userId, terms, types, minConfidence, limit });
    if (memories.length < limit) for (const term of terms) this.open.delete(term);
    for (const memory of memories.slice(0, MAX_COMPARED)) {
      const known = this.found.get(memory.formedPosition);
      if (known) for (const [term, count] of memory.counts) known.counts.set(term, count);
      else this.found.set(memory.formedPosition, memory);
    }
  }

  /** Whether no memory that contains only open terms can be among the best. */
  private isDecided(): boolean {
    const { limit } = this.question;
    if (this.found.size < limit) return false;
    const scores = [...this.found.values()].map((memory) => this.scoring.score(memory, memory.counts));
    const worst = scores.toSorted((a, b) => b - a)[limit - 1] ?? 0;
    return worst > this.scoring.mostOf(this.open);
  }

  /** Reads memories in full, those that can score most first, until no other can be among the best. */
  private best(): { hits: MemoryHit[]; readAll: boolean } {
    const contenders = this.contenders();
    const maxRead = this.found.size < MAX_COMPARED ? Infinity : MAX_READ;
    const perPage = Math.max(this.question.limit, this.open.size === 0 ? 0 : MEMORIES_PER_PAGE);
    let hits: MemoryHit[] = [];
    for (let read = 0; read < contenders.length; read += perPage) {
      const next = contenders[read]?.most ?? 0;
      // Without open terms the order is exact already.
      if (this.isFull(hits) && (this.open.size === 0 || (hits.at(-1)?.score ?? 0) > next)) break;
      if (read >= maxRead) return { hits, readAll: false };
      hits = this.betterOf(hits, contenders.slice(read, read + perPage));
    }
    return { hits, readAll: true };
  }

  private contenders(): { formedPosition: number; most: number }[] {
    const contenders = [...this.found.values()].map((memory) => {
      const unknown = [...this.open].filter((term) => !memory.counts.has(term));
      const atLeast = this.scoring.score(memory, memory.counts);
      return { formedPosition: memory.formedPosition, most: atLeast + this.scoring.mostOf(unknown) };
    });
    return contenders.toSorted((a, b) => b.most - a.most || b.formedPosition - a.formedPosition);
  }

  private betterOf(hits: readonly MemoryHit[], page: readonly { formedPosition: number }[]): MemoryHit[] {
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

/** Removes from the front the terms that together occur in at most MAX_COMPARED memories; at least one. */
function takeRarest(rarestFirst: Frequency[]): string[] {
  let compared = 0;
  const next = rarestFirst.findIndex(([, frequency], i) => (compared += frequency) > MAX_COMPARED && i > 0);
  return rarestFirst.splice(0, next < 0 ? rarestFirst.length : next).map(([term]) => term);
}
