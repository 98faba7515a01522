import type { Filter } from '../../database/row-store.js';
import type { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../memory-index.projection.js';
import type { MemoryIndex } from './memory-search.js';

/** The memory index of a SQLite database, over the connection of `rows`. */
export function sqliteMemoryIndex(rows: SqliteRows): MemoryIndex {
  const fullText = rows.fullText(memoriesTable);
  return {
    candidates: (userId, anyOf, limit, among) => fullText.candidates(userId, anyOf, limit, among),
    frequency: (userId, term) => fullText.frequency(userId, term),
    summary: (userId) => rows.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined,
    memories: (filters: readonly Filter[], limit) =>
      rows.list(memoriesTable, { filters, order: ['formedPosition'], limit }) as MemoryRow[],
  };
}
