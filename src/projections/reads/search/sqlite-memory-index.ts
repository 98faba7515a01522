import type Database from 'better-sqlite3';
import type { TermRows } from '../../../database/full-text.js';
import type { SqliteFullText } from '../../../database/sqlite/sqlite-full-text.js';
import type { SqliteRows } from '../../../database/sqlite/sqlite-rows.js';
import { memoriesTable, type MemoryRow } from '../../memory-index.projection.js';
import { memorySummariesTable, type MemorySummaryRow } from '../../memory/memory-summaries.js';
import { fewMemoriesIndex, hasFewMemories } from './few-memories.js';
import { joined, memoriesInSlots, type MemoryFilter, type MemoryIndex } from './memory-index.js';
import type { ScoredMemory } from './memory-score.js';

/**
 * Reads what a score needs. The join order and the index are fixed: SQLite would read all of the user's rows.
 */
const SELECT_SCORED = `select m.index_id, m.term_count, m.importance, m.occurred_at, m.stated_at,
    m.recall_count, m.question_share
  from json_each(:slots) cross join memories m indexed by memories_indexed
  on m.user_id = :userId and m.index_id between json_each.value * 2 and json_each.value * 2 + 1
  where m.confidence >= :minConfidence
    and (:types is null or m.type in (select value from json_each(:types)))
    and (:sessionId is null or m.session_id = :sessionId)
    and m.occurred_at >= :from and m.occurred_at < :to
    and (m.expires_at is null or m.expires_at > :unexpiredAt)
    and (m.superseded_by is null or not :current)`;

/** The index holds all that is read. */
const SELECT_NEAR = `select index_id as id, occurred_at as occurredAt from memories indexed by memories_newest
  where user_id = ? and occurred_at >= ? and occurred_at < ?
  order by occurred_at desc, formed_position desc limit ?`;

type ScoredValues = [
  indexId: number,
  termCount: number,
  importance: number,
  occurredAt: number,
  statedAt: number,
  recallCount: number,
  questionShare: number,
];

type Near = { id: number; occurredAt: number };

/** The memory index of a SQLite database, over the connection of `rows`. */
export function sqliteMemoryIndex(db: Database.Database, rows: SqliteRows): MemoryIndex {
  const fullText = rows.fullText(memoriesTable);
  const selectScored = db.prepare(SELECT_SCORED).raw();
  const selectNear = db.prepare(SELECT_NEAR);
  return {
    lookUp: (userId, { terms, further }, limit) => ({
      summary: rows.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined,
      terms: terms.map((term) => rowsWith(fullText, { userId, term, limit })),
      further: further.map((term) => rowsWith(fullText, { userId, term, limit })),
    }),
    contained: (userId, terms) => fullText.contained(userId, terms),
    near(userId, times, limit) {
      const found: Near[] = [];
      for (const { from, to } of joined(times).toReversed())
        found.push(...(selectNear.all(userId, from, to, limit - found.length) as Near[]));
      return found;
    },
    scored: (userId, slots, filter) =>
      (selectScored.all(parameters(userId, slots, filter)) as ScoredValues[]).map(scoredMemory),
    memories: (userId, slots) => rows.list(memoriesTable, memoriesInSlots(userId, slots)) as MemoryRow[],
  };
}

/** The index of a user with few memories, all of which it reads; undefined for any other user. */
export function sqliteFewMemories(rows: SqliteRows, userId: string): MemoryIndex | undefined {
  const summary = rows.load(memorySummariesTable, [userId]) as MemorySummaryRow | undefined;
  if (!hasFewMemories(summary)) return undefined;
  return fewMemoriesIndex(summary, summary ? (rows.loadUser(memoriesTable, userId) as MemoryRow[]) : []);
}

function rowsWith(
  fullText: SqliteFullText,
  { userId, term, limit }: { userId: string; term: string; limit: number },
): TermRows {
  const ids = fullText.rowsWith(userId, term, limit).toReversed();
  return { ids, count: ids.length < limit ? ids.length : fullText.frequency(userId, term) };
}

function parameters(userId: string, slots: readonly number[], filter: MemoryFilter) {
  const {
    minConfidence,
    types,
    sessionId = null,
    from = Number.MIN_SAFE_INTEGER,
    to = Number.MAX_SAFE_INTEGER,
    unexpiredAt = Number.MIN_SAFE_INTEGER,
    current = false,
  } = filter;
  return {
    slots: JSON.stringify(slots),
    userId,
    minConfidence,
    types: types ? JSON.stringify(types) : null,
    sessionId,
    from,
    to,
    unexpiredAt,
    current: current ? 1 : 0,
  };
}

function scoredMemory(values: ScoredValues): ScoredMemory {
  const [indexId, termCount, importance, occurredAt, statedAt, recallCount, questionShare] = values;
  return {
    indexId,
    termCount,
    importance,
    occurredAt,
    statedAt,
    recallCount,
    questionShare,
  };
}
