import type { Config } from '../config.js';
import { openPool } from '../database/postgresql/open-postgresql.js';
import { openForWriting } from '../database/sqlite/open-sqlite.js';
import type { EventLog } from '../events/log/event-log.js';
import { PostgresqlEventLog } from '../events/log/postgresql-event-log.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import type { StoreReader } from '../projections/store-reader.js';
import { takeDataFolder } from './data-folder.js';
import { databaseName } from './database-address.js';
import { migrate } from './migrate.js';
import { openStoreReader } from './open-store-reader.js';
import { alone } from './postgresql-alone.js';

/** A store that an operator works on without a service. */
export interface StoreAlone {
  log: EventLog;
  reader: StoreReader;
}

/**
 * Migrates the store that the settings name, a new one too, and runs the work on it. Throws StartRefused while another process
 * has the data folder. In PostgreSQL no service can start meanwhile, but those that run go on.
 */
export function withLogAlone<T>(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  work: (store: StoreAlone) => Promise<T>,
): Promise<T> {
  return databaseUrl === undefined ? onFile(dataDir, work) : onDatabase(databaseUrl, work);
}

async function onFile<T>(dataDir: string, work: (store: StoreAlone) => Promise<T>): Promise<T> {
  const folder = takeDataFolder(dataDir);
  try {
    const { file } = folder;
    await migrate({ file });
    const db = openForWriting(file);
    const reader = openStoreReader({ file });
    try {
      return await work({ log: new SqliteEventLog(db), reader });
    } finally {
      await reader.close();
      db.close();
    }
  } finally {
    folder.release();
  }
}

async function onDatabase<T>(url: string, work: (store: StoreAlone) => Promise<T>): Promise<T> {
  // One connection to write over, and one that holds the lock.
  const pool = openPool(url, 2, { pipeline: true });
  const reader = openStoreReader({ url });
  try {
    return await alone(pool, databaseName({ url }), async () => {
      await migrate({ url });
      return work({ log: new PostgresqlEventLog(pool), reader });
    });
  } finally {
    await reader.close();
    await pool.end();
  }
}
