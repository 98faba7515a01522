import type { MemoryRow, MemorySummaryRow } from '../memory-index.projection.js';
import type { ScoredMemory } from './memory-score.js';

/** Which memories a search may return. */
export interface MemoryFilter {
  types?: readonly string[] | undefined;
  /** Lowest confidence to return, 0..1. */
  minConfidence: number;
}

/** Whether a search with the filter may return the memory. */
export function passes(
  { confidence, type }: Pick<MemoryRow, 'confidence' | 'type'>,
  { types, minConfidence }: MemoryFilter,
): boolean {
  return confidence >= minConfidence && (!types || types.includes(type));
}

/** A lookup of the memories that contain any of the terms. */
export interface TermLookup extends MemoryFilter {
  userId: string;
  terms: readonly string[];
  /** An index that filters while it looks up may return only so many memories, the newest. */
  limit: number;
}

/** The positions of memories with a term, ascending, each once per occurrence of the term. */
export type Occurrences = readonly [term: string, formedPositions: readonly number[]];

/** What a lookup found. */
export interface Looked {
  /** In the order of the terms. */
  occurrences: readonly Occurrences[];
  /** The memories that pass the filter, if the index reads them with the lookup. */
  scored?: readonly ScoredMemory[];
  /** False if the limit cut memories. */
  all: boolean;
}

/** The database operations that search needs. */
export interface MemoryIndex {
  /** In how many of the user's memories each of the terms occurs. */
  frequencies(userId: string, terms: readonly string[]): readonly number[];
  lookUp(lookup: TermLookup): Looked;
  /** Those of the memories at these positions that pass the filter. */
  scored(userId: string, formedPositions: readonly number[], filter: MemoryFilter): readonly ScoredMemory[];
  /** Where the term occurs among the memories at these positions, at least. */
  occurrences(userId: string, term: string, formedPositions: readonly number[]): readonly number[];
  summary(userId: string): MemorySummaryRow | undefined;
  /** The memories at these positions, in any order. */
  memories(userId: string, formedPositions: readonly number[]): readonly MemoryRow[];
}
