import type { Config } from '../config.js';
import { openPool } from '../database/postgresql/open-postgresql.js';
import { databaseName, type DatabaseAddress } from './database-address.js';
import { migrate } from './migrate.js';
import type { OpenStore } from './open-log.js';
import { openRebuild } from './open-rebuild.js';
import { withStartLock } from './postgresql/start-lock.js';
import { takeDataFolder } from './sqlite/data-folder.js';

type Work<T> = (store: Omit<OpenStore, 'close'>) => Promise<T>;

/**
 * Migrates the store that the settings name, a new one too, and runs the work on it. Throws StartRefused while another process
 * has the data folder. In PostgreSQL no service can start meanwhile, but those that run go on.
 */
export function withLogAlone<T>(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  work: Work<T>,
): Promise<T> {
  return databaseUrl === undefined ? inFolder(dataDir, work) : inDatabase(databaseUrl, work);
}

async function inFolder<T>(dataDir: string, work: Work<T>): Promise<T> {
  const folder = takeDataFolder(dataDir);
  try {
    return await workOn({ file: folder.file }, work);
  } finally {
    folder.release();
  }
}

async function inDatabase<T>(url: string, work: Work<T>): Promise<T> {
  // The connection that holds the lock; a pipelined one waits for it as long as it takes.
  const pool = openPool(url, 1, { pipeline: true });
  try {
    return await withStartLock(pool, databaseName({ url }), () => workOn({ url }, work));
  } finally {
    await pool.end();
  }
}

async function workOn<T>(address: DatabaseAddress, work: Work<T>): Promise<T> {
  await migrate(address);
  // What is folded anew must not meet a rebuild of a service that goes on.
  const store = await openRebuild(address, { synced: true });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
