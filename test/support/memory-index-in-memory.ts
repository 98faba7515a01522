import { countTerms } from '../../src/database/full-text.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../../src/projections/memory-index.projection.js';
import {
  passes,
  type Looked,
  type MemoryIndex,
  type TermLookup,
} from '../../src/projections/reads/memory-lookups.js';
import { scoreOf, Scoring, type Frequency } from '../../src/projections/reads/memory-score.js';
import {
  questionTerms,
  type MemoryHit,
  type MemoryQuestion,
} from '../../src/projections/reads/memory-search.js';
import { MemoryRowStore } from './memory-row-store.js';

/**
 * Search over rows in memory; every lookup scans every memory. As an index that filters, it reads with a
 * lookup what a score needs, and cuts at the limit.
 */
export function memoryIndexOf(store: MemoryRowStore, { filters }: { filters: boolean }): MemoryIndex {
  const ofUser = (userId: string) => store.all(memoriesTable).filter((row) => row.userId === userId);
  const at = (userId: string, formedPositions: readonly number[]) =>
    ofUser(userId).filter(({ formedPosition }) => formedPositions.includes(formedPosition));
  const lookUp = (lookup: TermLookup): Looked => {
    const found = ofUser(lookup.userId)
      .filter((row) => countsOf(row, lookup.terms).size > 0 && (!filters || passes(row, lookup)))
      .toSorted((a, b) => a.formedPosition - b.formedPosition);
    const read = filters ? found.slice(-lookup.limit) : found;
    return {
      occurrences: lookup.terms.map((term) => [term, occurrencesOf(term, read)]),
      all: read.length === found.length,
      ...(filters ? { scored: read } : {}),
    };
  };
  return {
    frequencies: (userId, terms) =>
      terms.map((term) => ofUser(userId).filter((row) => countsOf(row, [term]).size > 0).length),
    lookUp,
    scored: (userId, formedPositions, filter) =>
      at(userId, formedPositions).filter((row) => passes(row, filter)),
    occurrences: (userId, term, formedPositions) => occurrencesOf(term, at(userId, formedPositions)),
    summary: (userId) => store.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined,
    memories: at,
  };
}

/** The positions of these memories, ascending, each once per occurrence of the term. */
function occurrencesOf(term: string, memories: readonly MemoryRow[]): number[] {
  return memories
    .toSorted((a, b) => a.formedPosition - b.formedPosition)
    .flatMap((row) => Array.from({ length: countsOf(row, [term]).get(term) ?? 0 }, () => row.formedPosition));
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

/** A lookup without filter and bound. */
export function everyMemory(userId: string, terms: readonly string[]): TermLookup {
  return { userId, terms, minConfidence: 0, limit: 1_000_000 };
}

/** What an index finds for some terms: the number of memories of each, and each memory with its counts. */
export interface TermCounts {
  frequencies: readonly number[];
  memories: [formedPosition: number, counts: Record<string, number>][];
}

export function termCounts(frequencies: readonly number[], { occurrences }: Looked): TermCounts {
  const memories = new Map<number, Record<string, number>>();
  for (const [term, positions] of occurrences) {
    for (const position of positions) {
      const counts = memories.get(position) ?? {};
      counts[term] = (counts[term] ?? 0) + 1;
      memories.set(position, counts);
    }
  }
  return { frequencies, memories: [...memories].toSorted(([a], [b]) => a - b) };
}

function countsOf(row: MemoryRow, terms: readonly string[]): Map<string, number> {
  const counts = countTerms(new Set(terms), [row.content, row.context ?? '']);
  return new Map(terms.flatMap((term) => (counts.has(term) ? [[term, counts.get(term) as number]] : [])));
}
