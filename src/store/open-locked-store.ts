import type { Config } from '../config.js';
import { openPool } from '../database/postgresql/open-postgresql.js';
import { databaseName, type DatabaseAddress } from './database-address.js';
import { migrate } from './migrate.js';
import type { OpenStore } from './open-log.js';
import { openStoreForRebuild } from './open-rebuild.js';
import { withStartLock } from './postgresql/start-lock.js';
import { takeDataFolder } from './sqlite/data-folder.js';

type Work<T> = (store: Omit<OpenStore, 'close'>) => Promise<T>;

/**
 * Migrates or creates the configured store, and runs the work on it. Throws StartRefused while another
 * process has the data folder. On PostgreSQL no service can start until the work ends, but running services
 * continue.
 */
export function withLockedStore<T>(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  work: Work<T>,
): Promise<T> {
  return databaseUrl === undefined ? inFolder(dataDir, work) : inDatabase(databaseUrl, work);
}

async function inFolder<T>(dataDir: string, work: Work<T>): Promise<T> {
  const folder = takeDataFolder(dataDir);
  try {
    return await onMigratedStore({ file: folder.file }, work);
  } finally {
    folder.release();
  }
}

async function inDatabase<T>(url: string, work: Work<T>): Promise<T> {
  // One connection, which holds the lock. A pipelined one waits for the lock as long as necessary.
  const pool = openPool(url, 1, { pipeline: true });
  try {
    return await withStartLock(pool, databaseName({ url }), () => onMigratedStore({ url }, work));
  } finally {
    await pool.end();
  }
}

async function onMigratedStore<T>(address: DatabaseAddress, work: Work<T>): Promise<T> {
  await migrate(address);
  // The work may rebuild projections, so it must not run beside the rebuild of a running service.
  const store = await openStoreForRebuild(address, { synced: true });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
