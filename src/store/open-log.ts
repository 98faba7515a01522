import { openPool } from '../database/postgresql/open-postgresql.js';
import { openForWriting } from '../database/sqlite/open-sqlite.js';
import { WriteTurns } from '../database/sqlite/write-turns.js';
import type { EventLog } from '../events/log/event-log.js';
import { PostgresqlEventLog } from '../events/log/postgresql-event-log.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import type { DatabaseAddress } from './database-address.js';

/** An open log without a service around it. */
export interface OpenLog {
  log: EventLog;
  close: () => Promise<void>;
}

/**
 * Opens the log of a migrated database for writing. On SQLite commits that are not synced may vanish when the power fails,
 * with all that came after them: for what can be made anew.
 */
export function openLog(address: DatabaseAddress, { synced = true } = {}): OpenLog {
  if ('file' in address) {
    const db = openForWriting(address.file);
    if (!synced) {
      db.pragma('synchronous = normal');
      db.pragma('cache_size = -16384');
    }
    const turn = new WriteTurns(address.turns).ofFiller;
    return { log: new SqliteEventLog(db, turn), close: async () => void db.close() };
  }
  const pool = openPool(address.url, 1, { pipeline: true });
  return { log: new PostgresqlEventLog(pool), close: () => pool.end() };
}
