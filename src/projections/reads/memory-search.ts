import { eng } from 'stopword';
import { countTerms, stem, words } from '../../database/full-text.js';
import type { Filter } from '../../database/row-store.js';
import type { MemoryRow, MemorySummaryRow } from '../memory-index.projection.js';

/** BM25 (Robertson and Zaragoza, 2009): K1 sets how soon repetition saturates, B how much length counts. */
const K1 = 1.2;
const B = 0.75;
const MAX_QUERY_TERMS = 32;
const MAX_CANDIDATES = 100;
/** More candidates are fetched when a filter may remove most of them. */
const MAX_FILTERED_CANDIDATES = 1_500;
/**
 * A lookup of candidates ranks at most this many memories. Terms are looked up rarest first, in groups that
 * together occur in at most as many. The next group is looked up only if those before it found too few. Of a
 * term that alone exceeds the bound, only the newest memories are ranked: it hardly distinguishes memories.
 */
const MAX_RANKED = 1_000;
const DAY_MS = 86_400_000;
const RECENCY_HALF_LIFE_DAYS = 90;

const stopwords = new Set(eng);

/** A search among one user's memories. */
export interface MemoryQuestion {
  userId: string;
  q: string;
  types?: readonly string[] | undefined;
  /** Lowest confidence to return, 0..1. */
  minConfidence: number;
  limit: number;
}

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

/** A memory that matches, with its score. */
export interface MemoryHit {
  memory: MemoryRow;
  score: number;
  parts: ScoreParts;
}

/** The database operations that search needs. */
export interface MemoryIndex {
  /** The best `limit` of the newest `among` memories with any of the terms, by the index's own ranking. */
  candidates(userId: string, anyOf: readonly string[], limit: number, among: number): number[];
  /** In how many of the user's memories the term occurs. */
  frequency(userId: string, term: string): number;
  summary(userId: string): MemorySummaryRow | undefined;
  memories(filters: readonly Filter[], limit: number): MemoryRow[];
}

/** Returns the stems of a question, each once, at most 32; stopwords only if it contains nothing else. */
export function questionTerms(q: string): string[] {
  const all = words(q);
  const meaningful = all.filter((word) => !stopwords.has(word));
  return [...new Set((meaningful.length > 0 ? meaningful : all).map(stem))].slice(0, MAX_QUERY_TERMS);
}

/** Returns the memories that contain any word of the question, best first; among equals the newer first. */
export function searchMemories(index: MemoryIndex, question: MemoryQuestion): MemoryHit[] {
  const { userId, types, minConfidence, limit } = question;
  const summary = index.summary(userId);
  const queryTerms = questionTerms(question.q);
  if (!summary || summary.total === 0 || queryTerms.length === 0) return [];
  const maxCandidates = types || minConfidence > 0.3 ? MAX_FILTERED_CANDIDATES : MAX_CANDIDATES;
  const frequencies = queryTerms.map((term): Frequency => [term, index.frequency(userId, term)]);
  const weights = new Map(
    frequencies.map(([term, frequency]) => [term, inverseFrequency(summary.total, frequency)]),
  );
  const ids = candidates(index, userId, frequencies, {
    atLeast: limit,
    atMost: Math.max(maxCandidates, limit * 4),
  });
  if (ids.length === 0) return [];
  const filters: Filter[] = [
    ['userId', '=', userId],
    ['formedPosition', 'in', ids],
    ['confidence', '>=', minConfidence],
  ];
  if (types) filters.push(['type', 'in', types]);
  return index
    .memories(filters, ids.length)
    .map((memory) => toHit(memory, weights, summary))
    .toSorted((a, b) => b.score - a.score || b.memory.formedPosition - a.memory.formedPosition)
    .slice(0, limit);
}

/** A term, and in how many of the user's memories it occurs. */
type Frequency = [term: string, frequency: number];

function candidates(
  index: MemoryIndex,
  userId: string,
  frequencies: readonly Frequency[],
  { atLeast, atMost }: { atLeast: number; atMost: number },
): number[] {
  const rarestFirst = frequencies.filter(([, frequency]) => frequency > 0).toSorted(([, a], [, b]) => a - b);
  const ids = new Set<number>();
  while (rarestFirst.length > 0 && ids.size < atLeast) {
    const terms = takeRarest(rarestFirst);
    for (const id of index.candidates(userId, terms, atMost, MAX_RANKED)) ids.add(id);
  }
  return [...ids];
}

/** Removes from the front the terms that together occur in at most MAX_RANKED memories; at least one. */
function takeRarest(rarestFirst: Frequency[]): string[] {
  let ranked = 0;
  const next = rarestFirst.findIndex(([, frequency], i) => (ranked += frequency) > MAX_RANKED && i > 0);
  return rarestFirst.splice(0, next < 0 ? rarestFirst.length : next).map(([term]) => term);
}

function inverseFrequency(total: number, frequency: number): number {
  return Math.log(1 + (total - frequency + 0.5) / (frequency + 0.5));
}

function toHit(
  memory: MemoryRow,
  weights: ReadonlyMap<string, number>,
  summary: MemorySummaryRow,
): MemoryHit {
  const counts = countTerms(weights, [memory.content, memory.context ?? '']);
  const length = 1 - B + B * (memory.termCount / (summary.terms / summary.total || 1));
  const termScores: Record<string, number> = {};
  let text = 0;
  for (const [term, weight] of weights) {
    const count = counts.get(term);
    if (!count) continue;
    termScores[term] = (weight * count * (K1 + 1)) / (count + K1 * length);
    text += termScores[term];
  }
  const ageDays = Math.max(0, summary.newestAt - memory.occurredAt) / DAY_MS;
  const importance = 0.9 + 0.2 * memory.importance;
  const recency = 0.95 + 0.1 * 2 ** (-ageDays / RECENCY_HALF_LIFE_DAYS);
  const recall = 1 + 0.1 * (1 - 1 / (1 + Math.log2(1 + memory.recallCount)));
  return {
    memory,
    score: text * importance * recency * recall,
    parts: { text, importance, recency, recall, terms: termScores },
  };
}
