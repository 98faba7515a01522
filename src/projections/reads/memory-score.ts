import { DAY_MS } from '../../durations.js';
import type { MemoryRow, MemorySummaryRow } from '../memory-index.projection.js';

/** BM25 (Robertson and Zaragoza, 2009): K1 sets how soon repetition saturates, B how much length counts. */
const K1 = 1.2;
const B = 0.75;
const RECENCY_HALF_LIFE_DAYS = 90;
/**
 * Most by which the three factors can multiply a text score, with room for rounding: the bounds below are
 * greater than any score.
 */
const MAX_FACTOR = 1.1 * 1.05 * 1.1 * (1 + 1e-9);

/** The parts of a score: `text` (BM25 over the user's own memories) times three bounded factors. */
export interface ScoreParts {
  text: number;
  /** 0.9..1.1, linear in the importance. */
  importance: number;
  /** 0.95..1.05: the excess over 0.95 halves with every 90 days of age relative to the newest memory. */
  recency: number;
  /** 1..1.1, growing with the logarithm of the number of recalls. */
  recall: number;
  /** Each query term that the memory contains, and what it added to `text`. */
  terms: Record<string, number>;
}

/** A term, and in how many of the user's memories it occurs. */
export type Frequency = [term: string, frequency: number];

/** How often a memory contains the terms that were looked up. */
export type TermCounts = ReadonlyMap<string, number>;

/** What a score needs to know of a memory beside its terms. */
export type Scored = Pick<MemoryRow, 'termCount' | 'importance' | 'occurredAt' | 'recallCount'>;

/** A memory that passes the filter, with what its score needs. */
export interface ScoredMemory extends Scored {
  formedPosition: number;
}

/** The three factors of a score; they do not depend on the question. */
export type Factors = Pick<ScoreParts, 'importance' | 'recency' | 'recall'>;

/** Scores a user's memories for one question. */
export class Scoring {
  /** What each term is worth, in the order in which scores add them up. */
  readonly weights: ReadonlyMap<string, number>;
  private readonly averageLength: number;

  constructor(
    frequencies: readonly Frequency[],
    private readonly summary: MemorySummaryRow,
  ) {
    this.weights = new Map(
      frequencies.map(([term, frequency]) => [term, inverseFrequency(summary.total, frequency)]),
    );
    this.averageLength = summary.terms / summary.total || 1;
  }

  /** The score of a memory with its parts. */
  parts(memory: Scored, counts: TermCounts): ScoreParts {
    const terms: Record<string, number> = {};
    let text = 0;
    for (const [term, weight] of this.weights) {
      const count = counts.get(term);
      if (count) text += terms[term] = this.textScore(weight, count, memory.termCount);
    }
    return { text, ...this.factors(memory), terms };
  }

  /** What a term of this weight adds to the text score of a memory of so many terms. */
  textScore(weight: number, count: number, termCount: number): number {
    const length = 1 - B + B * (termCount / this.averageLength);
    return (weight * count * (K1 + 1)) / (count + K1 * length);
  }

  /** The most that a term of this weight adds to the score of a memory that contains it so often. */
  mostOfCount(weight: number, count: number): number {
    return this.textScore(weight, count, 0) * MAX_FACTOR;
  }

  /** The most that these terms can add to any memory's score, however often it contains them. */
  mostOf(terms: Iterable<string>): number {
    let most = 0;
    for (const term of terms) most += (this.weights.get(term) ?? 0) * (K1 + 1);
    return most * MAX_FACTOR;
  }

  factors(memory: Scored): Factors {
    const ageDays = Math.max(0, this.summary.newestAt - memory.occurredAt) / DAY_MS;
    const importance = 0.9 + 0.2 * memory.importance;
    const recency = 0.95 + 0.1 * 2 ** (-ageDays / RECENCY_HALF_LIFE_DAYS);
    const recall = 1 + 0.1 * (1 - 1 / (1 + Math.log2(1 + memory.recallCount)));
    return { importance, recency, recall };
  }
}

/** A score is its text part times the three factors. */
export function scoreOf({ text, importance, recency, recall }: ScoreParts): number {
  return text * importance * recency * recall;
}

function inverseFrequency(total: number, frequency: number): number {
  return Math.log(1 + (total - frequency + 0.5) / (frequency + 0.5));
}
