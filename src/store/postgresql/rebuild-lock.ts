import type pg from 'pg';
import { BEGIN_HOLDING, openPool } from '../../database/postgresql/open-postgresql.js';
import { attempt } from '../../database/postgresql/postgresql-errors.js';
import { Refused } from '../../errors.js';

/** The right to rebuild in a PostgreSQL database: one process of all has it. */
export interface RebuildLock {
  release(): Promise<void>;
}

/** Takes the right to rebuild; undefined while another process has it. Throws Unavailable. Gone with the process, at the latest. */
export function acquireRebuildLock(url: string): Promise<RebuildLock | undefined> {
  return attempt(() => tryLock(url));
}

async function tryLock(url: string): Promise<RebuildLock | undefined> {
  const pool = openPool(url, 1);
  let client: pg.PoolClient | undefined;
  const release = async () => {
    // Not back into the pool: closing it ends the transaction, and with it the lock.
    client?.release(true);
    await pool.end();
  };
  try {
    client = await pool.connect();
    // Of a transaction that does nothing else: a pooler keeps its connection for it.
    await client.query(BEGIN_HOLDING);
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

/** Another process holds the lock. */
export function rebuildRuns(): Refused {
  return new Refused(
    'rebuild.running',
    'The rebuild of another process runs already; wait for it, or cancel it first.',
  );
}
