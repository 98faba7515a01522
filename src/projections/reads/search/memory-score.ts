import type { MemoryRow } from '../../memory-index.projection.js';
import type { MemorySummaryRow } from '../../memory/memory-summaries.js';
import { nearnessOf, type NearDate } from './question-dates.js';

/**
 * Number of the ranking, for the receipts of contexts. A release raises it if a search may find other
 * memories than in the release before, or give them other scores: by these constants, by code, or by what is
 * indexed.
 */
export const RANKING = 2;

/**
 * The constants of a score. They were chosen by recall and reciprocal rank on dialogues and on facts
 * distilled from them, rounded, and lie on a plateau; ADR 33 says what each of them gave.
 */
export const WEIGHTS = {
  /** What a term counts in the memory itself, in the one before it, and so on, in the order of forming. */
  own: 1,
  before: 0.3,
  /** In the one before it if that asks something: the memory may be the answer. */
  question: 0.6,
  after: 0.3,
  twoAway: 0.15,
  /** Factor if the memory's label is the only one that the question names. */
  speaker: 2,
  /** At most, by the nearness to a date that the question names. */
  date: 0.25,
  /** If the question asks where and the memory names a place. */
  place: 0.1,
  /** At most, for a memory of nothing but questions. */
  questions: 0.1,
  /** A memory longer than so many times the average is divided by 1 + `length` for each further time. */
  longFrom: 3,
  length: 0.1,
  /** At most, by an embedding of the question; a question may bring another weight. */
  meaning: 0.5,
  /** At most, by how near the words are in meaning; only with word vectors, for the best memories. */
  words: 0.2,
} as const;

const DAY_MS = 86_400_000;
const RECENCY_HALF_LIFE_DAYS = 90;
/** Most by which the three factors can multiply a score, with room for rounding. */
const MAX_FACTOR = 1.1 * 1.05 * 1.1 * (1 + 1e-9);

/** What one term adds to the score of a memory. */
export interface TermPart {
  /** Inverse frequency as a share of that of all terms of the question: 0..1. */
  weight: number;
  /** How much of it is in the memory and its neighbours: 0..2.2. */
  presence: number;
  /** `weight` * `presence` / (`presence` + 1). */
  score: number;
  /** The language whose stem it is; null if the word has no stem. */
  language: string | null;
}

/**
 * The parts of a score: (`text` * `speaker` + `date` + `place` + `meaning` - `questions`, at least 0) /
 * `length` + `words`, times three bounded factors.
 */
export interface ScoreParts {
  /** The sum over the terms: 0..0.69. */
  text: number;
  speaker: number;
  date: number;
  place: number;
  /** With an embedding of the question, of a memory that is nearer in meaning than most. */
  meaning?: number;
  questions: number;
  length: number;
  /** 0.9..1.1, linear in the importance. */
  importance: number;
  /** 0.95..1.05: the excess over 0.95 halves with every 90 days of age relative to the newest memory. */
  recency: number;
  /** 1..1.1, growing with the logarithm of the number of recalls. */
  recall: number;
  /** With word vectors, of the best memories: 0..0.2, added after the division by `length`. */
  words?: number;
  /** The version of these word vectors. */
  wordVectors?: string;
  terms: Record<string, TermPart>;
}

/** What a score needs to know of a memory beside its terms. */
export type ScoredMemory = Pick<
  MemoryRow,
  'indexId' | 'termCount' | 'importance' | 'occurredAt' | 'statedAt' | 'recallCount' | 'questionShare'
>;

/** The parts of a score that are known of every memory that is found. */
export type FoundParts = Pick<ScoreParts, 'text' | 'speaker' | 'date' | 'place' | 'meaning'>;

/** The parts that are read with a memory. */
export type ReadParts = Omit<ScoreParts, keyof FoundParts | 'terms' | 'words' | 'wordVectors'>;

/** Scores a user's memories for one question. */
export class Scoring {
  private readonly averageLength: number;

  constructor(
    private readonly summary: MemorySummaryRow,
    private readonly times: readonly NearDate[],
  ) {
    this.averageLength = summary.terms / summary.total || 1;
  }

  /** Returns the weight of terms that so many memories contain each; they add up to 1. */
  weights(counts: readonly number[]): number[] {
    const { total } = this.summary;
    const inverse = counts.map((n) => Math.log(1 + Math.max(0, total - n + 0.5) / (n + 0.5)));
    const sum = inverse.reduce((a, b) => a + b, 0);
    return inverse.map((each) => each / sum);
  }

  /** What the nearness to a date adds. */
  date(occurredAt: number): number {
    return WEIGHTS.date * nearnessOf(this.times, occurredAt);
  }

  parts(memory: ScoredMemory): ReadParts {
    const ageDays = Math.max(0, this.summary.newestAt - memory.statedAt) / DAY_MS;
    const times = memory.termCount / this.averageLength;
    return {
      questions: WEIGHTS.questions * memory.questionShare,
      length: Math.max(1, 1 + WEIGHTS.length * (times - WEIGHTS.longFrom)),
      importance: 0.9 + 0.2 * memory.importance,
      recency: 0.95 + 0.1 * 2 ** (-ageDays / RECENCY_HALF_LIFE_DAYS),
      recall: 1 + 0.1 * (1 - 1 / (1 + Math.log2(1 + memory.recallCount))),
    };
  }
}

/** The score of a memory, of its parts. */
export function scoreOf(found: FoundParts, parts: ReadParts): number {
  const said = Math.max(0, worthOf(found) - parts.questions);
  return (said / parts.length) * parts.importance * parts.recency * parts.recall;
}

/** What multiplies the sum of the other parts. */
export function factorOf({ importance, recency, recall }: Omit<ReadParts, 'questions' | 'length'>): number {
  return importance * recency * recall;
}

/** What is known of a memory that is found. */
export function worthOf({ text, speaker, date, place, meaning = 0 }: FoundParts): number {
  return text * speaker + date + place + meaning;
}

/** The most that a memory of such worth can score. */
export function mostOf(worth: number): number {
  return worth * MAX_FACTOR;
}

/** What a term is worth that is present so much. */
export function termScore(weight: number, presence: number): number {
  return (weight * presence) / (presence + 1);
}

/** Returns what a term counts in a memory if the one so many slots behind it contains the term. */
export function countAt(distance: number, isQuestion: boolean): number {
  if (distance === 0) return WEIGHTS.own;
  if (distance === 1) return WEIGHTS.after;
  if (distance === -1) return isQuestion ? WEIGHTS.question : WEIGHTS.before;
  return WEIGHTS.twoAway;
}
