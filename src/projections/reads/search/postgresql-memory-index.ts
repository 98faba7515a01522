import type pg from 'pg';
import { PostgresqlFullText } from '../../../database/postgresql/postgresql-full-text.js';
import type { RowReader } from '../../../database/row-store.js';
import { memoriesTable } from '../../memory-index.projection.js';
import { memorySummariesTable, type MemorySummaryRow } from '../../memory/memory-summaries.js';
import { fewMemoriesIndex, hasFewMemories } from './few-memories.js';
import { joined, memoriesInSlots, type MemoryIndex, type RemoteMemoryIndex } from './memory-index.js';
import type { ScoredMemory } from './memory-score.js';

/** Reads what a score needs, with a lookup in the index for each slot. */
const SELECT_SCORED = `select m.index_id as "indexId", m.term_count as "termCount", m.importance,
    m.occurred_at as "occurredAt", m.stated_at as "statedAt", m.recall_count as "recallCount",
    m.question_share as "questionShare"
  from unnest($2::bigint[]) slot cross join lateral (
    select * from memories where user_id = $1 and index_id between slot * 2 and slot * 2 + 1 limit 1) m
  where m.confidence >= $3 and ($4::text[] is null or m.type = any($4::text[]))
    and ($5::bigint is null or m.occurred_at >= $5) and ($6::bigint is null or m.occurred_at < $6)
    and ($7::text is null or m.session_id = $7)
    and (m.expires_at is null or $8::bigint is null or m.expires_at > $8)
    and (m.superseded_by is null or not $9::boolean)`;

/** The index holds all that is read. */
const SELECT_NEAR = `select index_id as id, occurred_at as "occurredAt"
  from unnest($2::bigint[], $3::bigint[]) t("from", "to") join memories m
  on m.user_id = $1 and m.occurred_at >= t."from" and m.occurred_at < t."to"
  order by occurred_at desc, formed_position desc limit $4`;

/** The memory index of a PostgreSQL database; `reads` reads rows of the same one, but for a known summary. */
export function postgresqlMemoryIndex(
  db: Pick<pg.Pool, 'query'>,
  reads: RowReader,
  known?: MemorySummaryRow,
): RemoteMemoryIndex {
  const fullText = new PostgresqlFullText(memoriesTable);
  return {
    async lookUp(userId, { terms, further }, limit) {
      const [summary, rows] = await Promise.all([
        known ?? reads.get(memorySummariesTable, userId),
        fullText.rowsWith(db, userId, { terms: [...terms, ...further], limit }),
      ]);
      return { summary, terms: rows.slice(0, terms.length), further: rows.slice(terms.length) };
    },
    contained: (userId, terms) => fullText.contained(db, userId, terms),
    async near(userId, times, limit) {
      const spans = joined(times);
      const { rows } = await db.query<{ id: number; occurredAt: number }>({
        name: 'memories near dates',
        text: SELECT_NEAR,
        values: [userId, spans.map(({ from }) => from), spans.map(({ to }) => to), limit],
      });
      return rows;
    },
    async scored(userId, slots, filter) {
      const { minConfidence, types, sessionId, from, to, unexpiredAt, current = false } = filter;
      const ofTime = [from ?? null, to ?? null, sessionId ?? null, unexpiredAt ?? null];
      const { rows } = await db.query<ScoredMemory>({
        name: 'score memories',
        text: SELECT_SCORED,
        values: [userId, slots, minConfidence, types ?? null, ...ofTime, current],
      });
      return rows;
    },
    memories: (userId, slots) => reads.list(memoriesTable, memoriesInSlots(userId, slots)),
  };
}

/** The memory index for a search among one user's memories: all of them at once if they are few. */
export async function postgresqlIndexFor(
  db: Pick<pg.Pool, 'query'>,
  reads: RowReader,
  userId: string,
): Promise<{ few: MemoryIndex } | { many: RemoteMemoryIndex }> {
  const summary = await reads.get(memorySummariesTable, userId);
  if (!summary) return { few: fewMemoriesIndex(undefined, []) };
  if (!hasFewMemories(summary)) return { many: postgresqlMemoryIndex(db, reads, summary) };
  const query = { filters: [['userId', '=', userId]], order: ['indexId'], limit: summary.total } as const;
  return { few: fewMemoriesIndex(summary, await reads.list(memoriesTable, query)) };
}
