import type Database from 'better-sqlite3';
import { SqliteTermRows } from '../../database/sqlite/sqlite-indexed-terms.js';
import type { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import {
  memoriesTable,
  memorySummariesTable,
  type MemoryRow,
  type MemorySummaryRow,
} from '../memory-index.projection.js';
import type { FoundMemory, MemoryIndex, TermLookup } from './memory-search.js';

/** Memories of one page whose filter columns are read. */
const MEMORIES_PER_PAGE = 1_001;

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
  const termRows = new SqliteTermRows(db, memoriesTable);
  const selectScored = db.prepare(SELECT_SCORED).raw();
  return {
    frequencies: (userId, terms) => terms.map((term) => fullText.frequency(userId, term)),
    lookUp(lookup) {
      const { userId, terms, limit } = lookup;
      const rowsOf = terms.map((term) => [term, termRows.of(userId, term)] as const);
      const found = new Map<number, FoundMemory>();
      for (const page of pagesOf(newestFirst(rowsOf.map(([, ids]) => ids)))) {
        const scored = selectScored.all(...parametersOf(page, lookup)) as ScoredValues[];
        for (const values of scored.slice(0, limit - found.size)) found.set(values[0], foundMemory(values));
        if (found.size >= limit) break;
      }
      for (const [term, ids] of rowsOf) {
        for (const id of ids) {
          const counts = found.get(id)?.counts;
          counts?.set(term, (counts.get(term) ?? 0) + 1);
        }
      }
      return [...found.values()];
    },
    counts(userId, term, formedPositions) {
      const counts = new Map(formedPositions.map((id) => [id, 0]));
      for (const id of termRows.of(userId, term)) {
        const count = counts.get(id);
        if (count !== undefined) counts.set(id, count + 1);
      }
      return [...counts].filter(([, count]) => count > 0);
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

function foundMemory([
  formedPosition,
  termCount,
  importance,
  occurredAt,
  recallCount,
]: ScoredValues): FoundMemory {
  return { formedPosition, termCount, importance, occurredAt, recallCount, counts: new Map() };
}

/** Returns the ids of all lists, each once, descending; each list is ascending. */
function* newestFirst(lists: readonly (readonly number[])[]): Generator<number> {
  const [first = []] = lists;
  const ascending = lists.length === 1 ? first : lists.flat().toSorted((a, b) => a - b);
  for (let i = ascending.length - 1; i >= 0; i--)
    if (ascending[i] !== ascending[i + 1]) yield ascending[i] as number;
}

function* pagesOf(ids: Iterable<number>): Generator<number[]> {
  let page: number[] = [];
  for (const id of ids) {
    page.push(id);
    if (page.length < MEMORIES_PER_PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
