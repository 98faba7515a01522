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
import { takeRebuild } from './take-rebuild.js';

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
  const taken = await takeRebuild(url);
  if (!taken) throw Refused.jobRuns('rebuild', 'of another process');
  const pool = openPool(url, 1, { pipeline: true });
  const reader = new PostgresqlStoreReader(url);
  const close = async () => {
    await Promise.all([reader.close(), pool.end(), taken.release()]);
  };
  return { address: { url }, log: new PostgresqlEventLog(pool), reader, close };
}
