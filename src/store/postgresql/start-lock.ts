import type pg from 'pg';
import { BEGIN_HOLDING } from '../../database/postgresql/open-postgresql.js';
import { hintFor } from '../../database/postgresql/postgresql-errors.js';
import { StartRefused } from '../../errors.js';
import { whyOf } from '../../why.js';

/** `array_to_tsvector` and generated columns, with some years to spare. */
const MIN_POSTGRESQL_VERSION = 14;

/** Others may migrate or catch up for as long as it takes: no timeout but one beyond all of that. */
const TAKE_START_LOCK = {
  text: `${BEGIN_HOLDING};
    select pg_advisory_xact_lock(hashtext('edgesoul start'), hashtext(current_schema()))`,
  query_timeout: 24 * 3_600_000,
};

/** Runs the work while no other process does the same, or starts; throws StartRefused when the database cannot be used. */
export async function withStartLock<T>(pool: pg.Pool, name: string, work: () => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (cause) {
    throw cannotUse(name, cause);
  }
  try {
    await refuseOld(client, name);
    // Of a transaction that is never committed: gone with the process, and a pooler keeps its connection for it.
    await client.query(TAKE_START_LOCK);
    return await work();
  } finally {
    // Not back into the pool: closing it ends the transaction, and with it the lock.
    client.release(true);
  }
}

async function refuseOld(client: pg.PoolClient, name: string): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`,
  );
  const { version, major } = rows[0] as { version: string; major?: number };
  if (Number(major) < MIN_POSTGRESQL_VERSION)
    throw new StartRefused(`${name} is version ${version}; ${MIN_POSTGRESQL_VERSION} or newer is needed.`);
}

/** Says what keeps from using the database, and what to do. */
export function cannotUse(name: string, cause: unknown): StartRefused {
  const hint = hintFor(cause);
  return new StartRefused(`${name} cannot be used: ${whyOf(cause)}${hint ? ` (${hint})` : ''}.`, { cause });
}
