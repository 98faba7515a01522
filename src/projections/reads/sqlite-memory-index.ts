import type Database from 'better-sqlite3';
import { SqliteTermRows } from '../../database/sqlite/sqlite-indexed-terms.js';
import type { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../memory-index.projection.js';
import type { MemoryIndex } from './memory-lookups.js';
import type { ScoredMemory } from './memory-score.js';

/**
 * Reads what a score needs. The join order and the index are fixed: SQLite would read all of the user's rows.
 */
const SELECT_SCORED = `select m.formed_position, m.term_count, m.importance, m.occurred_at, m.recall_count
  from json_each(?) cross join memories m indexed by memories_formed
  on m.user_id = ? and m.formed_position = json_each.value
  where m.confidence >= ? and (? is null or m.type in (select value from json_each(?)))`;

type ScoredValues = [
  formedPosition: number,
  termCount: number,
  importance: number,
  occurredAt: number,
  recallCount: number,
];

/** The memory index of a SQLite database, over the connection of `rows`. */
export function sqliteMemoryIndex(db: Database.Database, rows: SqliteRows): MemoryIndex {
  const fullText = rows.fullText(memoriesTable);
  const termRows = new SqliteTermRows(db, memoriesTable);
  const selectScored = db.prepare(SELECT_SCORED).raw();
  return {
    frequencies: (userId, terms) => terms.map((term) => fullText.frequency(userId, term)),
    // The postings of a word take a tenth of the time of the rows, so only the rows are filtered and bounded.
    lookUp: ({ userId, terms }) => ({
      occurrences: terms.map((term) => [term, termRows.of(userId, term)]),
      all: true,
    }),
    scored(userId, formedPositions, { minConfidence, types }) {
      const wanted = types ? JSON.stringify(types) : null;
      const positions = JSON.stringify(formedPositions);
      const scored = selectScored.all(positions, userId, minConfidence, wanted, wanted) as ScoredValues[];
      return scored.map(scoredMemory);
    },
    occurrences: (userId, term) => termRows.of(userId, term),
    summary: (userId) => rows.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined,
    memories: (userId, formedPositions) =>
      rows.list(memoriesTable, {
        filters: [
          ['userId', '=', userId],
          ['formedPosition', 'in', formedPositions],
        ],
        order: ['formedPosition'],
        limit: formedPositions.length,
      }) as MemoryRow[],
  };
}

function scoredMemory([
  formedPosition,
  termCount,
  importance,
  occurredAt,
  recallCount,
]: ScoredValues): ScoredMemory {
  return { formedPosition, termCount, importance, occurredAt, recallCount };
}
