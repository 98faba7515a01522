import { countTerms } from '../../src/database/full-text.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../../src/projections/memory-index.projection.js';
import { scoreOf, Scoring, type Frequency } from '../../src/projections/reads/memory-score.js';
import {
  questionTerms,
  type FoundMemory,
  type MemoryFilter,
  type MemoryHit,
  type MemoryIndex,
  type MemoryQuestion,
  type TermLookup,
} from '../../src/projections/reads/memory-search.js';
import { MemoryRowStore } from './memory-row-store.js';

/** Search over rows in memory; every lookup scans every memory. */
export function memoryIndexOf(store: MemoryRowStore): MemoryIndex {
  const ofUser = (userId: string) => store.all(memoriesTable).filter((row) => row.userId === userId);
  const lookUp = (lookup: TermLookup): FoundMemory[] =>
    ofUser(lookup.userId)
      .filter((row) => passes(row, lookup))
      .map((row) => ({ ...row, counts: countsOf(row, lookup.terms) }))
      .filter(({ counts }) => counts.size > 0)
      .toSorted((a, b) => b.formedPosition - a.formedPosition)
      .slice(0, lookup.limit);
  return {
    frequencies: (userId, terms) => terms.map((term) => lookUp(everyMemory(userId, [term])).length),
    lookUp,
    counts: (userId, term, formedPositions) =>
      lookUp(everyMemory(userId, [term]))
        .filter(({ formedPosition }) => formedPositions.includes(formedPosition))
        .map(({ formedPosition, counts }) => [formedPosition, counts.get(term) as number] as const),
    summary: (userId) => store.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined,
    memories: (userId, formedPositions) =>
      ofUser(userId).filter(({ formedPosition }) => formedPositions.includes(formedPosition)),
  };
}

/** Searches without any index: scores each memory that passes the filter and has a word of the question. */
export function searchEveryMemory(store: MemoryRowStore, question: MemoryQuestion): MemoryHit[] {
  const { userId, q, limit } = question;
  const summary = store.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined;
  if (!summary) return [];
  const memories = store.all(memoriesTable).filter((row) => row.userId === userId);
  const frequencies = questionTerms(q)
    .map((term): Frequency => [term, memories.filter((row) => countsOf(row, [term]).size > 0).length])
    .toSorted(([, a], [, b]) => a - b);
  const scoring = new Scoring(frequencies, summary);
  const terms = frequencies.map(([term]) => term);
  return memories
    .filter((memory) => passes(memory, question) && countsOf(memory, terms).size > 0)
    .map((memory) => {
      const parts = scoring.parts(memory, countsOf(memory, terms));
      return { memory, parts, score: scoreOf(parts) };
    })
    .toSorted((a, b) => b.score - a.score || b.memory.formedPosition - a.memory.formedPosition)
    .slice(0, limit);
}

/** Whether a search with the filter may return the memory. */
export function passes(row: MemoryRow, { types, minConfidence }: MemoryFilter): boolean {
  return row.confidence >= minConfidence && (!types || types.includes(row.type));
}

/** A lookup without filter and bound. */
export function everyMemory(userId: string, terms: readonly string[]): TermLookup {
  return { userId, terms, minConfidence: 0, limit: 1_000_000 };
}

/** What an index finds for some terms: the number of memories of each, and each memory with its counts. */
export interface TermCounts {
  frequencies: readonly number[];
  memories: [formedPosition: number, counts: Record<string, number>][];
}

export function termCounts(frequencies: readonly number[], found: readonly FoundMemory[]): TermCounts {
  const memories = found.map(({ formedPosition, counts }): TermCounts['memories'][number] => [
    formedPosition,
    Object.fromEntries(counts),
  ]);
  return { frequencies, memories: memories.toSorted(([a], [b]) => a - b) };
}

function countsOf(row: MemoryRow, terms: readonly string[]): Map<string, number> {
  const counts = countTerms(new Set(terms), [row.content, row.context ?? '']);
  return new Map(terms.flatMap((term) => (counts.has(term) ? [[term, counts.get(term) as number]] : [])));
}
