import { eng } from 'stopword';
import { countTerms, stem, words } from '../../database/full-text.js';
import type { MemoryRow } from '../memory-index.projection.js';
import { FoundMemories, type Contender } from './found-memories.js';
import { passes, type MemoryFilter, type MemoryIndex } from './memory-lookups.js';
import { scoreOf, Scoring, type Frequency, type ScoreParts, type TermCounts } from './memory-score.js';

/**
 * A search compares so many memories at most, and then stops looking up further words. Words are looked up
 * rarest first, in groups that together occur in at most as many memories. Of memories that could score the
 * same, the newest are compared.
 */
export const MAX_COMPARED = 500;
/** With more found than are compared, no group of words is begun after so many occurrences, as a multiple. */
const MAX_OCCURRENCES = 2;
/** Memories that are read in full at once; of more, the remaining terms are counted in the index first. */
const MEMORIES_PER_PAGE = 16;
/** Most memories read in full when the remaining terms of a long question are not counted any more. */
const MAX_READ = 4 * MEMORIES_PER_PAGE;
/** Memories whose scores are read at first; every further page is twice as large. */
const FIRST_PAGE = 32;

const stopwords = new Set(eng);

/** A search among one user's memories. */
export interface MemoryQuestion extends MemoryFilter {
  userId: string;
  q: string;
  limit: number;
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
  const steps = searchInSteps(index, question, maxCompared);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Work in steps, after each of which it yields. */
type Steps<T> = Generator<undefined, T>;

/** The counts of the question's terms in memories that were read in full. */
type ReadCounts = WeakMap<MemoryRow, TermCounts>;

/**
 * Searches in steps of a few ms, between which a thread may do other work. `counts` lets a search that runs
 * again count each memory once.
 */
export function* searchInSteps(
  index: MemoryIndex,
  question: MemoryQuestion,
  maxCompared = MAX_COMPARED,
  counts: ReadCounts = new WeakMap(),
): Steps<MemoryMatches> {
  const terms = questionTerms(question.q);
  if (terms.length === 0) return { hits: [], complete: true };
  // Both are asked for at once: an index far away reads them together.
  const summary = index.summary(question.userId);
  const found = index.frequencies(question.userId, terms);
  if (!summary || summary.total === 0) return { hits: [], complete: true };
  const frequencies = terms.map((term, i): Frequency => [term, found[i] ?? 0]);
  const rarestFirst = frequencies.filter(([, n]) => n > 0).toSorted(([, a], [, b]) => a - b);
  const search = new Search({ index, question, maxCompared, counts }, new Scoring(rarestFirst, summary));
  return yield* search.run(rarestFirst);
}

/**
 * One search. A memory that was not found or not compared, and the terms that were not looked up, can still
 * be left out for certain: what they can add to a score has an upper bound (Turtle and Flood's MaxScore,
 * 1995).
 */
class Search {
  private readonly found: FoundMemories;
  /** Terms of which not every memory is in `found`. */
  private readonly open = new Set<string>();
  /** Those of the open terms that were not counted in the memories that were found. */
  private readonly uncounted = new Set<string>();
  /** Of the open terms whose lookup was cut, the memories in which they were counted. */
  private readonly counted = new Map<string, ReadonlySet<number>>();
  private occurrences = 0;

  private readonly index: MemoryIndex;
  private readonly question: MemoryQuestion;
  private readonly maxCompared: number;
  private readonly counts: ReadCounts;

  constructor(
    parts: { index: MemoryIndex; question: MemoryQuestion; maxCompared: number; counts: ReadCounts },
    private readonly scoring: Scoring,
  ) {
    this.index = parts.index;
    this.question = parts.question;
    this.maxCompared = parts.maxCompared;
    this.counts = parts.counts;
    this.found = new FoundMemories(scoring, parts.question.limit);
  }

  *run(frequencies: readonly Frequency[]): Steps<MemoryMatches> {
    for (const [term] of frequencies) {
      this.open.add(term);
      this.uncounted.add(term);
    }
    // If a better memory may be missing, no further words are counted: the answer says so already.
    const isCut = !(yield* this.lookUpAll([...frequencies]));
    const contenders = isCut ? this.found.inOrder() : yield* this.contenders();
    const isSpent = this.found.compared >= this.maxCompared;
    const [readable, left] = isSpent ? divide(contenders) : [contenders, 0];
    const hits = yield* this.best(readable, isCut ? MAX_READ : readable.length);
    const worst = this.isFull(hits) ? (hits.at(-1)?.score ?? 0) : 0;
    // No memory reaches its bound, so one whose bound equals the worst score is no newer equal.
    return { hits, complete: !isCut && worst >= Math.max(left, this.scoring.mostOf(this.open)) };
  }

  /** Looks up words until no other memory can be among the best; returns false if it stops before. */
  private *lookUpAll(rarestFirst: Frequency[]): Steps<boolean> {
    let isDecided = false;
    while (rarestFirst.length > 0 && !isDecided && !this.isExhausted()) {
      this.lookUp(takeRarest(rarestFirst, this.maxCompared));
      isDecided = this.isDecided();
      yield;
    }
    this.compare();
    return (isDecided || rarestFirst.length === 0) && this.found.uncompared().length === 0;
  }

  /** Whether so much was compared or looked up that no further group of words is begun. */
  private isExhausted(): boolean {
    if (this.found.compared >= this.maxCompared) return true;
    const isMuch =
      this.found.size > this.maxCompared && this.occurrences >= MAX_OCCURRENCES * this.maxCompared;
    if (isMuch) this.compare();
    return isMuch && this.found.isFull();
  }

  private lookUp(terms: readonly string[]): void {
    const { userId, types, minConfidence } = this.question;
    const limit = this.maxCompared;
    const { occurrences, scored, all } = this.index.lookUp({ userId, terms, types, minConfidence, limit });
    for (const [term, positions] of occurrences) {
      this.found.add(term, positions);
      this.occurrences += positions.length;
      if (!all) this.counted.set(term, new Set(positions));
    }
    this.found.compare(scored ?? []);
    for (const term of all ? terms : []) {
      this.open.delete(term);
      this.uncounted.delete(term);
    }
  }

  /**
   * Compares the memories that can be among the best by their counts and score so much, those that can score
   * most first.
   */
  private compare(atLeast = 0): void {
    const queue = this.found.uncompared();
    let size = Math.min(FIRST_PAGE, this.maxCompared);
    for (let i = 0; i < queue.length && this.found.compared < this.maxCompared;) {
      const worst = Math.max(this.found.worst(), atLeast);
      const page = queue.slice(i, i + size).filter(({ most }) => most >= worst);
      if (page.length === 0) return;
      const positions = page.map(({ formedPosition }) => formedPosition);
      this.found.compare(this.index.scored(this.question.userId, positions, this.question), positions);
      i += page.length;
      size = Math.max(FIRST_PAGE, Math.min(2 * size, this.maxCompared - this.found.compared));
    }
  }

  /** Whether no memory that contains only open terms can be among the best. */
  private isDecided(): boolean {
    const most = this.scoring.mostOf(this.open);
    // Not worth comparing if not even the best could do.
    if (this.found.most <= most) return false;
    this.compare(most);
    return this.found.isFull() && this.found.worst() > most;
  }

  /** The memories that can be among the best, those that can score most first. */
  private *contenders(): Steps<Contender[]> {
    for (;;) {
      const contenders = this.found.contenders(this.scoring.mostOf(this.uncounted));
      const [term] = this.uncounted;
      if (contenders.length <= MEMORIES_PER_PAGE || term === undefined) return contenders;
      this.uncounted.delete(term);
      const positions = contenders.map(({ formedPosition }) => formedPosition);
      const occurrences = this.index.occurrences(this.question.userId, term, positions);
      const counted = this.counted.get(term);
      this.found.add(term, counted ? occurrences.filter((at) => !counted.has(at)) : occurrences, false);
      this.compare();
      yield;
    }
  }

  /** Reads memories in full until no other can be among the best, or so many were read. */
  private *best(contenders: readonly Contender[], atMost: number): Steps<MemoryHit[]> {
    const perPage = Math.max(this.question.limit, this.uncounted.size === 0 ? 0 : MEMORIES_PER_PAGE);
    let hits: MemoryHit[] = [];
    for (let read = 0; read < contenders.length; read += perPage) {
      const next = contenders[read]?.most ?? 0;
      // With all terms counted, the order is exact already.
      const isLast = read >= atMost || this.uncounted.size === 0 || (hits.at(-1)?.score ?? 0) > next;
      if (this.isFull(hits) && isLast) break;
      hits = yield* this.betterOf(hits, contenders.slice(read, read + perPage));
    }
    return hits;
  }

  private *betterOf(hits: readonly MemoryHit[], page: readonly Contender[]): Steps<MemoryHit[]> {
    const { userId, limit } = this.question;
    const positions = page.map(({ formedPosition }) => formedPosition);
    const read = this.index.memories(userId, positions).filter((memory) => passes(memory, this.question));
    const scored: MemoryHit[] = [];
    for (const memory of read) {
      const parts = this.scoring.parts(memory, this.countsIn(memory));
      scored.push({ memory, score: scoreOf(parts), parts });
      yield;
    }
    return [...hits, ...scored]
      .toSorted((a, b) => b.score - a.score || b.memory.formedPosition - a.memory.formedPosition)
      .slice(0, limit);
  }

  private countsIn(memory: MemoryRow): TermCounts {
    let counts = this.counts.get(memory);
    if (!counts) {
      counts = countTerms(this.scoring.weights, [memory.content, memory.context ?? '']);
      this.counts.set(memory, counts);
    }
    return counts;
  }

  private isFull(hits: readonly MemoryHit[]): boolean {
    return hits.length >= this.question.limit;
  }
}

/** Divides into the memories that were compared, and the most that any other can score. */
function divide(contenders: readonly Contender[]): [compared: Contender[], left: number] {
  const left = contenders.find(({ isCompared }) => !isCompared)?.most ?? 0;
  return [contenders.filter(({ isCompared }) => isCompared), left];
}

/** Removes from the front the terms that together occur in at most so many memories; at least one. */
function takeRarest(rarestFirst: Frequency[], maxCompared: number): string[] {
  let compared = 0;
  const next = rarestFirst.findIndex(([, frequency], i) => (compared += frequency) > maxCompared && i > 0);
  return rarestFirst.splice(0, next < 0 ? rarestFirst.length : next).map(([term]) => term);
}
