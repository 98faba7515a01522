import type Database from 'better-sqlite3';
import { SqliteTermCounts } from '../../database/sqlite/sqlite-indexed-terms.js';
import type { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../memory-index.projection.js';
import type { FoundMemory, MemoryIndex, TermLookup } from './memory-search.js';

/** Memories of one page whose filter columns are read. */
const MEMORIES_PER_PAGE = 1_000;

/** Reads what a score needs. The join order and the index are fixed: SQLite would read all of the user's rows. */
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
  const termCounts = new SqliteTermCounts(db, memoriesTable);
  const selectScored = db.prepare(SELECT_SCORED).raw();
  return {
    frequencies: (userId, terms) => terms.map((term) => fullText.frequency(userId, term)),
    lookUp(lookup) {
      const counts = termCounts.of(lookup.userId, lookup.terms);
      const newestFirst = [...counts.keys()].toSorted((a, b) => b - a);
      const found: FoundMemory[] = [];
      for (let i = 0; i < newestFirst.length && found.length < lookup.limit; i += MEMORIES_PER_PAGE) {
        const page = newestFirst.slice(i, i + MEMORIES_PER_PAGE);
        const scored = selectScored.all(...parametersOf(page, lookup)) as ScoredValues[];
        for (const values of scored) found.push(foundMemory(values, counts));
      }
      return found.slice(0, lookup.limit);
    },
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

function parametersOf(page: readonly number[], { userId, minConfidence, types }: TermLookup) {
  const wanted = types ? JSON.stringify(types) : null;
  return [JSON.stringify(page), userId, minConfidence, wanted, wanted];
}

function foundMemory(
  [formedPosition, termCount, importance, occurredAt, recallCount]: ScoredValues,
  counts: ReadonlyMap<number, Map<string, number>>,
): FoundMemory {
  const own = counts.get(formedPosition) as Map<string, number>;
  return { formedPosition, termCount, importance, occurredAt, recallCount, counts: own };
}
