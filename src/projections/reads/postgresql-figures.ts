import type pg from 'pg';
import type { Table } from '../../database/table.js';
import { positionsOf, type Positions } from './positions.js';
import type { StoreSize } from './reads.js';

type Queryable = Pick<pg.Pool, 'query'>;

// One statement reads one snapshot. The left join returns the head even if there is no checkpoint yet.
const POSITIONS = `select h.head, c.projection, c.version, c.position
  from (select coalesce(max(position), 0) as head from events) h left join checkpoints c on true`;

const SIZE = `select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint as bytes
  from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm')`;

const EVENTS_BY_TYPE =
  'select type, count(*) from events where position > $1 and position <= $2 group by type';

/** Reads the head of the log and the positions of its projections. */
export async function readPositions(db: Queryable): Promise<Positions> {
  const { rows } = await db.query<{ head: number; projection: string; version: number; position: number }>({
    name: 'positions',
    text: POSITIONS,
  });
  return positionsOf(rows[0]?.head ?? 0, rows);
}

/** Reads the size of the schema's tables and indexes. */
export async function readSize(db: Queryable): Promise<StoreSize> {
  const { rows } = await db.query<{ bytes: number }>(SIZE);
  return { databaseBytes: rows[0]?.bytes ?? 0, walBytes: null, freeBytes: null };
}

/** Counts the rows of the table. */
export async function countRows(db: Queryable, { name }: Table): Promise<number> {
  const { rows } = await db.query<{ count: number }>(`select count(*) from ${name}`);
  return rows[0]?.count ?? 0;
}

/** Counts the events by type, from after position `after` up to and including `upTo`. */
export async function countEvents(
  db: Queryable,
  after: number,
  upTo: number,
): Promise<Record<string, number>> {
  const { rows } = await db.query<{ type: string; count: number }>(EVENTS_BY_TYPE, [after, upTo]);
  return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
}
