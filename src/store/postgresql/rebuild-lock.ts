import type pg from 'pg';
import { BEGIN_LOCK_ONLY, openPool } from '../../database/postgresql/open-postgresql.js';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { Refused } from '../../errors.js';

/** The lock for rebuilds in a PostgreSQL database: only one process has it. */
export interface RebuildLock {
  release(): Promise<void>;
}

/**
 * Takes the rebuild lock; returns undefined while another process has it. It is released with the process at
 * the latest. Throws Unavailable.
 */
export function acquireRebuildLock(url: string): Promise<RebuildLock | undefined> {
  return translating(() => tryLock(url));
}

async function tryLock(url: string): Promise<RebuildLock | undefined> {
  const pool = openPool(url, 1);
  let client: pg.PoolClient | undefined;
  const release = async () => {
    // The connection is closed, not returned to the pool: this ends the transaction and releases the lock.
    client?.release(true);
    await pool.end();
  };
  try {
    client = await pool.connect();
    // The lock belongs to a transaction that does nothing else, because a pooler keeps its connection for it.
    await client.query(BEGIN_LOCK_ONLY);
    const { rows } = await client.query<{ taken: boolean }>(
      `select pg_try_advisory_xact_lock(hashtext('edgesoul rebuild'), hashtext(current_schema())) as taken`,
    );
    if (rows[0]?.taken) return { release };
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return undefined;
}

/** The error for a rebuild lock that another process holds. */
export function rebuildLocked(): Refused {
  return new Refused(
    'rebuild.running',
    'Another process is already running a rebuild; wait until it ends, or cancel it.',
  );
}
