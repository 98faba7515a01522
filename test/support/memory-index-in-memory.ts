import { terms } from '../../src/database/full-text.js';
import type { Filter } from '../../src/database/row-store.js';
import type { Key } from '../../src/database/table.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../../src/projections/memory-index.projection.js';
import type { MemoryIndex } from '../../src/projections/reads/memory-search.js';
import { MemoryRowStore } from './memory-row-store.js';

/** Search over rows in memory. It scans every memory, so candidates are ordered by when they were formed. */
export function memoryIndexOf(store: MemoryRowStore): MemoryIndex {
  const ofUser = (userId: string) => store.all(memoriesTable).filter((row) => row.userId === userId);
  return {
    candidates: (userId, anyOf, limit, among) =>
      ofUser(userId)
        .filter((row) => holdsAny(row, anyOf))
        .map(({ formedPosition }) => formedPosition)
        .toSorted((a, b) => b - a)
        .slice(0, among)
        .toReversed()
        .slice(0, limit),
    frequency: (userId, term) => ofUser(userId).filter((row) => holdsAny(row, [term])).length,
    summary: (userId) => store.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined,
    memories: (filters, limit) =>
      store
        .all(memoriesTable)
        .filter((row) => filters.every((filter) => passes(row, filter)))
        .slice(0, limit),
  };
}

function holdsAny(row: MemoryRow, anyOf: readonly string[]): boolean {
  const held = new Set([...terms(row.content), ...terms(row.context ?? '')]);
  return anyOf.some((term) => held.has(term));
}

function passes(row: MemoryRow, [column, operator, value]: Filter): boolean {
  const actual = row[column as keyof MemoryRow] as Key;
  if (operator === 'in') return (value as readonly Key[]).includes(actual);
  if (operator === '=') return actual === value;
  if (operator === '>=') return actual >= (value as Key);
  throw new Error(`Search does not ask for ${operator}.`);
}
