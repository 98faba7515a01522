import { openPool } from '../database/postgresql/open-postgresql.js';
import { openForWriting } from '../database/sqlite/open-sqlite.js';
import { WriteTurns } from '../database/sqlite/write-turns.js';
import type { EventLog } from '../events/log/event-log.js';
import { PostgresqlEventLog } from '../events/log/postgresql-event-log.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import type { StoreReader } from '../projections/folding/store-reader.js';
import type { DatabaseAddress } from './database-address.js';
import { openStoreReader } from './open-store-reader.js';

/** A log that is open for writing outside the service's own writer. */
export interface OpenLog {
  log: EventLog;
  close: () => Promise<void>;
}

/** An open log with its own reader. */
export interface OpenStore extends OpenLog {
  reader: StoreReader;
  /** The address for threads that share the work; on SQLite it contains the memory for taking turns. */
  address: DatabaseAddress;
  /** A counter that changes when the service in this process appends events; constant on PostgreSQL. */
  appendCount: () => number;
}

/** How durably a log is written. */
export interface WriteOptions {
  /**
   * False for data that can be rebuilt: on SQLite a power failure may lose its commits. A command's commit is
   * never lost, because it syncs everything written before it.
   */
  synced?: boolean;
}

/** Opens the log of a migrated database for writing; a service may use the database at the same time. */
export function openLog(address: DatabaseAddress, { synced = true }: WriteOptions = {}): OpenLog {
  if ('file' in address) {
    const db = openForWriting(address.file);
    if (!synced) {
      db.pragma('synchronous = normal');
      db.pragma('cache_size = -16384');
    }
    const turn = new WriteTurns(address.turns).forBulkLoad;
    return { log: new SqliteEventLog(db, turn), close: async () => void db.close() };
  }
  const pool = openPool(address.url, 1, { pipeline: true });
  return { log: new PostgresqlEventLog(pool), close: () => pool.end() };
}

/** Opens a migrated store for reading and writing; a service may use it at the same time. */
export function openStoreAt(address: DatabaseAddress, options: WriteOptions = {}): OpenStore {
  const shared =
    'file' in address ? { ...address, turns: address.turns ?? new WriteTurns().memory } : address;
  const reader = openStoreReader(shared);
  const { log, close } = openLog(shared, options);
  const turns = 'file' in shared ? new WriteTurns(shared.turns) : undefined;
  return {
    log,
    reader,
    address: shared,
    appendCount: () => turns?.appendCount ?? 0,
    close: async () => void (await Promise.all([reader.close(), close()])),
  };
}
