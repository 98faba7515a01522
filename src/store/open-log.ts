import { openPool } from '../database/postgresql/open-postgresql.js';
import { openForWriting } from '../database/sqlite/open-sqlite.js';
import type { EventLog } from '../events/log/event-log.js';
import { PostgresqlEventLog } from '../events/log/postgresql-event-log.js';
import { SqliteEventLog } from '../events/log/sqlite-event-log.js';
import type { DatabaseAddress } from './database-address.js';

/** An open log without a service around it. */
export interface OpenLog {
  log: EventLog;
  close: () => Promise<void>;
}

/** Opens the log of a migrated database for writing; whoever calls knows that no service writes it meanwhile. */
export function openLog(address: DatabaseAddress): OpenLog {
  if ('file' in address) {
    const db = openForWriting(address.file);
    return { log: new SqliteEventLog(db), close: async () => void db.close() };
  }
  const pool = openPool(address.url, 1, { pipeline: true });
  return { log: new PostgresqlEventLog(pool), close: () => pool.end() };
}
