import { eng } from 'stopword';
import { countTerms, stem, words } from '../../database/full-text.js';
import type { Filter } from '../../database/row-store.js';
import type { MemoryRow, MemorySummaryRow } from '../memory-index.projection.js';

/** BM25 (Robertson and Zaragoza, 2009): how soon repetition stops to count, and how much length counts. */
const K1 = 1.2;
const B = 0.75;
const MAX_QUERY_TERMS = 32;
const MAX_CANDIDATES = 100;
/** When a filter may throw most candidates away, more are fetched. */
const FILTERED_CANDIDATES = 1_500;
/**
 * How many memories are ranked to find the candidates. Rare words come first; only where they find too little do words
 * that stand in more memories than this help out, and then among the newest only: such words tell memories hardly apart.
 */
const MAX_RANKED = 1_000;
const DAY = 86_400_000;
const RECENCY_HALF_LIFE_DAYS = 90;

const stopwords = new Set(eng);

/** What to search for, among one user's memories. */
export interface MemoryQuestion {
  userId: string;
  q: string;
  types?: readonly string[] | undefined;
  /** At least this confidence, 0..1. */
  minConfidence: number;
  limit: number;
}

/** How a score came about: `text` (BM25 over the user's own memories) times the three bounded factors. */
export interface ScoreParts {
  text: number;
  /** 0.9..1.1, linear in the importance. */
  importance: number;
  /** 0.95..1.05, halving its lead every 90 days before the user's newest memory. */
  recency: number;
  /** 1..1.1, growing with the logarithm of the recalls. */
  recall: number;
  /** Each query term found, and what it added to `text`. */
  terms: Record<string, number>;
}

/** A memory that was found. */
export interface MemoryHit {
  memory: MemoryRow;
  score: number;
  parts: ScoreParts;
}

/** What search needs of a database. */
export interface MemoryIndex {
  /** The best `limit` of the newest `among` memories with any of the terms, by the index's own ranking. */
  candidates(userId: string, anyOf: readonly string[], limit: number, among: number): number[];
  /** In how many of the user's memories the term stands. */
  frequency(userId: string, term: string): number;
  summary(userId: string): MemorySummaryRow | undefined;
  memories(filters: readonly Filter[], limit: number): MemoryRow[];
}

/** Terms of a question: its stems without stopwords, each once; all of them if it holds nothing else. */
export function questionTerms(q: string): string[] {
  const all = words(q);
  const telling = all.filter((word) => !stopwords.has(word));
  return [...new Set((telling.length > 0 ? telling : all).map(stem))].slice(0, MAX_QUERY_TERMS);
}

/** The user's memories that hold any of the question's words, best first; ties go to the newer. Writes nothing. */
export function searchMemories(index: MemoryIndex, question: MemoryQuestion): MemoryHit[] {
  const { userId, types, minConfidence, limit } = question;
  const summary = index.summary(userId);
  const asked = questionTerms(question.q);
  if (!summary || summary.total === 0 || asked.length === 0) return [];
  const most = types || minConfidence > 0.3 ? FILTERED_CANDIDATES : MAX_CANDIDATES;
  const frequencies = asked.map((term): Frequency => [term, index.frequency(userId, term)]);
  const weights = new Map(
    frequencies.map(([term, frequency]) => [term, inverseFrequency(summary.total, frequency)]),
  );
  const ids = candidates(index, userId, frequencies, { atLeast: limit, most: Math.max(most, limit * 4) });
  if (ids.length === 0) return [];
  const filters: Filter[] = [
    ['userId', '=', userId],
    ['formedPosition', 'in', ids],
    ['confidence', '>=', minConfidence],
  ];
  if (types) filters.push(['type', 'in', types]);
  return index
    .memories(filters, ids.length)
    .map((memory) => scored(memory, weights, summary))
    .toSorted((a, b) => b.score - a.score || b.memory.formedPosition - a.memory.formedPosition)
    .slice(0, limit);
}

/** A term and in how many of the user's memories it stands. */
type Frequency = [term: string, frequency: number];

function candidates(
  index: MemoryIndex,
  userId: string,
  frequencies: readonly Frequency[],
  { atLeast, most }: { atLeast: number; most: number },
): number[] {
  const rarestFirst = frequencies.filter(([, frequency]) => frequency > 0).toSorted(([, a], [, b]) => a - b);
  const found = new Set<number>();
  while (rarestFirst.length > 0 && found.size < atLeast) {
    const terms = takeRarest(rarestFirst);
    for (const id of index.candidates(userId, terms, most, MAX_RANKED)) found.add(id);
  }
  return [...found];
}

/** Takes, from the front, the terms that together stand in few enough memories to rank them all; at least one. */
function takeRarest(rarestFirst: Frequency[]): string[] {
  let ranked = 0;
  const next = rarestFirst.findIndex(([, frequency], i) => (ranked += frequency) > MAX_RANKED && i > 0);
  return rarestFirst.splice(0, next < 0 ? rarestFirst.length : next).map(([term]) => term);
}

function inverseFrequency(total: number, frequency: number): number {
  return Math.log(1 + (total - frequency + 0.5) / (frequency + 0.5));
}

function scored(
  memory: MemoryRow,
  weights: ReadonlyMap<string, number>,
  summary: MemorySummaryRow,
): MemoryHit {
  const counts = countTerms(weights, [memory.content, memory.context ?? '']);
  const length = 1 - B + B * (memory.termCount / (summary.terms / summary.total || 1));
  const found: Record<string, number> = {};
  let text = 0;
  for (const [term, weight] of weights) {
    const count = counts.get(term);
    if (!count) continue;
    found[term] = (weight * count * (K1 + 1)) / (count + K1 * length);
    text += found[term];
  }
  const ageDays = Math.max(0, summary.newestAt - memory.occurredAt) / DAY;
  const importance = 0.9 + 0.2 * memory.importance;
  const recency = 0.95 + 0.1 * 2 ** (-ageDays / RECENCY_HALF_LIFE_DAYS);
  const recall = 1 + 0.1 * (1 - 1 / (1 + Math.log2(1 + memory.recallCount)));
  return {
    memory,
    score: text * importance * recency * recall,
    parts: { text, importance, recency, recall, terms: found },
  };
}
