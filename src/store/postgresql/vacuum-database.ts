import type pg from 'pg';
import { openPool } from '../../database/postgresql/open-postgresql.js';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { relationsOf } from '../../database/shadow.js';
import { LOG_TABLES } from '../../events/log/log-tables.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';

/** A vacuum of a large table takes long. */
const VACUUM_TIMEOUT_MS = 24 * 3_600_000;

/**
 * Vacuums every table of the store, beside its services: dead rows become room for new ones, and free pages at
 * the end of a table go back to the disk. `progress` gets tables.
 */
export function vacuumDatabase(
  url: string,
  progress: (done: number, total: number) => void,
): Promise<{ before: number; after: number }> {
  return translating(async () => {
    const pool = openPool(url, 1);
    try {
      return await vacuumTables(pool, progress);
    } finally {
      await pool.end();
    }
  });
}

async function vacuumTables(
  pool: pg.Pool,
  progress: (done: number, total: number) => void,
): Promise<{ before: number; after: number }> {
  const tables = [...LOG_TABLES, ...PROJECTIONS.flatMap((projection) => projection.tables)]
    .flatMap(relationsOf)
    .map(({ live }) => live);
  const before = await sizeOf(pool, tables);
  for (const [done, table] of tables.entries()) {
    progress(done, tables.length);
    const vacuum = { text: `vacuum (analyze) ${table}`, query_timeout: VACUUM_TIMEOUT_MS };
    await pool.query(vacuum);
  }
  progress(tables.length, tables.length);
  return { before, after: await sizeOf(pool, tables) };
}

async function sizeOf(pool: pg.Pool, tables: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ bytes: string | number }>(
    'select sum(pg_total_relation_size(to_regclass(name)))::bigint as bytes from unnest($1::text[]) as t(name)',
    [tables],
  );
  return Number(rows[0]?.bytes ?? 0);
}
