import { openPool } from '../database/postgresql/open-postgresql.js';
import { openForWriting } from '../database/sqlite/open-sqlite.js';
import { WriteTurns } from '../database/sqlite/write-turns.js';
import type { EventLog } from '../events/log/event-log.js';
import { PostgresqlEventLog } from '../events/log/postgresql-event-log.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import type { StoreReader } from '../projections/folding/store-reader.js';
import type { DatabaseAddress } from './database-address.js';
import { openStoreReader } from './open-store-reader.js';

/** An open log without a service around it. */
export interface OpenLog {
  log: EventLog;
  close: () => Promise<void>;
}

/** The same with a reader of its own. */
export interface OpenStore extends OpenLog {
  reader: StoreReader;
  /** For threads that help: on SQLite they and this one take turns. */
  address: DatabaseAddress;
  /** Another number whenever the service in this process has appended events; always the same on PostgreSQL. */
  appended: () => number;
}

/** How a log is written. */
export interface WriteOptions {
  /**
   * False for what can be made anew: on SQLite its commits may vanish when the power fails, but never one that a command
   * was answered for, which syncs all that came before it.
   */
  synced?: boolean;
}

/** Opens the log of a migrated database for writing, beside whoever serves it. */
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

/** Opens a migrated store for work that reads and writes it. */
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
    appended: () => turns?.written ?? 0,
    close: async () => void (await Promise.all([reader.close(), close()])),
  };
}
