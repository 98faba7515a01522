import type pg from 'pg';
import { openPool } from '../database/postgresql/open-postgresql.js';
import { openForWriting } from '../database/sqlite/open-sqlite.js';
import { WriteTurns } from '../database/sqlite/write-turns.js';
import { Refused } from '../errors.js';
import type { EventLog } from '../events/log/event-log.js';
import { PostgresqlEventLog } from '../events/log/postgresql-event-log.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import { PostgresqlStoreReader } from '../projections/postgresql-store-reader.js';
import { SqliteStoreReader } from '../projections/sqlite-store-reader.js';
import type { StoreReader } from '../projections/store-reader.js';
import type { DatabaseAddress } from './database-address.js';

/** A store that is open for a rebuild, beside whoever serves it. */
export interface OpenRebuild {
  /** For threads that help. */
  address: DatabaseAddress;
  log: EventLog;
  reader: StoreReader;
  close(): Promise<void>;
}

/** Opens a store for a rebuild. Throws Refused while another process rebuilds in it. */
export async function openRebuild(address: DatabaseAddress): Promise<OpenRebuild> {
  return 'file' in address ? openFile(address.file, address.turns) : openDatabase(address.url);
}

/** Only one process has the data folder, and it begins one rebuild at a time. */
function openFile(file: string, turns?: SharedArrayBuffer): OpenRebuild {
  const db = openForWriting(file);
  // Should the power fail, a swap that is lost leaves the tables as they were; commands sync for themselves.
  db.pragma('synchronous = normal');
  db.pragma('cache_size = -16384');
  const reader = new SqliteStoreReader(file);
  const taking = new WriteTurns(turns);
  const close = async () => {
    await reader.close();
    db.close();
  };
  const address = { file, turns: taking.memory };
  return { address, log: new SqliteEventLog(db, taking.ofFiller), reader, close };
}

async function openDatabase(url: string): Promise<OpenRebuild> {
  const pool = openPool(url, 2, { pipeline: true });
  const reader = new PostgresqlStoreReader(url);
  let lock: pg.PoolClient | undefined;
  const close = async () => {
    await reader.close();
    // Not back into the pool: closing it is what gives up the lock.
    lock?.release(true);
    await pool.end();
  };
  try {
    lock = await pool.connect();
    const { rows } = await lock.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(hashtext('edgesoul rebuild'), hashtext(current_schema())) as taken`,
    );
    if (rows[0]?.taken) return { address: { url }, log: new PostgresqlEventLog(pool), reader, close };
    throw Refused.jobRuns('rebuild', 'of another process');
  } catch (error) {
    await close();
    throw error;
  }
}
