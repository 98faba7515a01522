import type pg from 'pg';
import type { Table } from '../../database/table.js';
import { positionsOf, type Positions } from './positions.js';
import type { StoreSize } from './reads.js';

type Queryable = Pick<pg.Pool, 'query'>;

// One statement sees one moment. The join keeps the head where there is no checkpoint yet.
const POSITIONS = `select h.head, c.projection, c.version, c.position
  from (select coalesce(max(position), 0) as head from events) h left join checkpoints c on true`;

const SIZE = `select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint as bytes
  from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm')`;

const EVENTS = 'select type, count(*) from events where position > $1 and position <= $2 group by type';

/** Where the log and its projections are. */
export async function readPositions(db: Queryable): Promise<Positions> {
  const { rows } = await db.query<{ head: number; projection: string; version: number; position: number }>({
    name: 'positions',
    text: POSITIONS,
  });
  return positionsOf(rows[0]?.head ?? 0, rows);
}

/** How much room the tables of the schema take. */
export async function readSize(db: Queryable): Promise<StoreSize> {
  const { rows } = await db.query<{ bytes: number }>(SIZE);
  return { databaseBytes: rows[0]?.bytes ?? 0, walBytes: null, freeBytes: null };
}

/** How many rows the table has. */
export async function countRows(db: Queryable, { name }: Table): Promise<number> {
  const { rows } = await db.query<{ count: number }>(`select count(*) from ${name}`);
  return rows[0]?.count ?? 0;
}

/** How many events of each type stand after one position, up to and with another. */
export async function countEvents(
  db: Queryable,
  after: number,
  upTo: number,
): Promise<Record<string, number>> {
  const { rows } = await db.query<{ type: string; count: number }>(EVENTS, [after, upTo]);
  return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
}
