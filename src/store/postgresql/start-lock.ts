import type pg from 'pg';
import { BEGIN_LOCK_ONLY } from '../../database/postgresql/open-postgresql.js';
import { hintFor } from '../../database/postgresql/postgresql-errors.js';
import { DAY_MS } from '../../durations.js';
import { StartRefused } from '../../errors.js';
import { whyOf } from '../../why.js';

/** `array_to_tsvector` and generated columns need less; this leaves a margin of some years. */
const MIN_POSTGRESQL_VERSION = 14;

/** Another process may migrate or catch up for a long time, so the query timeout is a day. */
const TAKE_START_LOCK = {
  text: `${BEGIN_LOCK_ONLY};
    select pg_advisory_xact_lock(hashtext('edgesoul start'), hashtext(current_schema()))`,
  query_timeout: DAY_MS,
};

/**
 * Runs the work under the start lock: no other process starts, or runs such work, until it ends. Throws
 * StartRefused if the database cannot be used.
 */
export async function withStartLock<T>(pool: pg.Pool, name: string, work: () => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (cause) {
    throw unusableDatabase(name, cause);
  }
  try {
    await takeStartLock(client, name);
    return await work();
  } finally {
    // The connection is closed, not returned to the pool: this ends the transaction and releases the lock.
    client.release(true);
  }
}

async function takeStartLock(client: pg.PoolClient, name: string): Promise<void> {
  try {
    await refuseOld(client, name);
    // The lock's transaction never commits. It ends with the process, and a pooler keeps its connection.
    await client.query(TAKE_START_LOCK);
  } catch (cause) {
    throw cause instanceof StartRefused ? cause : unusableDatabase(name, cause);
  }
}

async function refuseOld(client: pg.PoolClient, name: string): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`,
  );
  const { version, major } = rows[0] as { version: string; major?: number };
  if (Number(major) < MIN_POSTGRESQL_VERSION)
    throw new StartRefused(
      `${name} is version ${version}; version ${MIN_POSTGRESQL_VERSION} or newer is required.`,
    );
}

/** The error for a database that cannot be used, with the reason and a hint. */
export function unusableDatabase(name: string, cause: unknown): StartRefused {
  const hint = hintFor(cause);
  return new StartRefused(`${name} cannot be used: ${whyOf(cause)}${hint ? ` (${hint})` : ''}.`, { cause });
}
