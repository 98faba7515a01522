import type pg from 'pg';
import { openPool } from '../../database/postgresql/open-postgresql.js';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { relationsOf } from '../../database/shadow.js';
import type { Table } from '../../database/table.js';
import { DAY_MS } from '../../durations.js';
import { LOG_TABLES } from '../../events/log/log-tables.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';

/** What a caller of the vacuum can follow and stop; `progress` gets tables. */
interface Watch {
  progress: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

/** A vacuum of a large table takes long. */
const VACUUM_TIMEOUT_MS = DAY_MS;

/** The tables of a store that can have dead rows. */
export const VACUUMED_TABLES: readonly Table[] = [
  ...LOG_TABLES,
  ...PROJECTIONS.flatMap((projection) => projection.tables),
];

/**
 * Vacuums tables of the store, all of them if none are named, beside its services: dead rows become room for
 * new ones, and free pages at the end of a table go back to the disk. Aborting the signal cancels the vacuum of
 * the present table.
 */
export function vacuumDatabase(
  url: string,
  watch: Watch,
  tables: readonly Table[] = VACUUMED_TABLES,
): Promise<{ before: number; after: number }> {
  return translating(async () => {
    // One connection vacuums; the other one can cancel that.
    const pool = openPool(url, 2);
    try {
      return await vacuumTables(pool, watch, tables);
    } finally {
      await pool.end();
    }
  });
}

async function vacuumTables(
  pool: pg.Pool,
  { progress, signal }: Watch,
  vacuumed: readonly Table[],
): Promise<{ before: number; after: number }> {
  const tables = vacuumed.flatMap(relationsOf).map(({ live }) => live);
  const before = await sizeOf(pool, tables);
  for (const [done, table] of tables.entries()) {
    progress(done, tables.length);
    signal?.throwIfAborted();
    await vacuum(pool, table, signal);
  }
  progress(tables.length, tables.length);
  return { before, after: await sizeOf(pool, tables) };
}

async function vacuum(pool: pg.Pool, table: string, signal: AbortSignal | undefined): Promise<void> {
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  // Without it, the server would go on after the connection is closed.
  const cancel = () => void pool.query('select pg_cancel_backend($1)', [rows[0]?.pid]).catch(() => undefined);
  signal?.addEventListener('abort', cancel);
  try {
    // With few dead rows, the server would leave their entries in the indexes, which have values of rows.
    const text = `vacuum (analyze, index_cleanup on) ${table}`;
    const query = { text, query_timeout: VACUUM_TIMEOUT_MS };
    await client.query(query);
  } finally {
    signal?.removeEventListener('abort', cancel);
    client.release();
  }
}

async function sizeOf(pool: pg.Pool, tables: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ bytes: string | number }>(
    'select sum(pg_total_relation_size(to_regclass(name)))::bigint as bytes from unnest($1::text[]) as t(name)',
    [tables],
  );
  return Number(rows[0]?.bytes ?? 0);
}
