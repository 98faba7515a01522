import type Database from 'better-sqlite3';
import type { RowQuery } from '../database/row-store.js';
import { openForReading } from '../database/sqlite/open-sqlite.js';
import { SqliteRows } from '../database/sqlite/sqlite-rows.js';
import type { Table } from '../database/table.js';
import type { EventQuery, LogHead, StoredEvent } from '../events/log/event-log.js';
import { SqliteEventReader } from '../events/log/sqlite-event-reader.js';
import type { StoreReader, UserPlace } from './store-reader.js';

/** Scans a SQLite file over a read-only connection of its own; blocks its thread for a page at a time. */
export class SqliteStoreReader implements StoreReader {
  private readonly db: Database.Database;
  private readonly log: SqliteEventReader;
  private readonly stored: SqliteRows;

  constructor(file: string) {
    this.db = openForReading(file);
    this.log = new SqliteEventReader(this.db);
    this.stored = new SqliteRows(this.db);
  }

  async head(): Promise<LogHead> {
    return this.log.head();
  }

  async events(query: EventQuery): Promise<StoredEvent[]> {
    return this.log.read(query);
  }

  async eventsByUser(after: UserPlace, limit: number): Promise<StoredEvent[]> {
    return this.log.readByUser(after, limit);
  }

  async rows<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> {
    return this.stored.list(table, query) as Row[];
  }

  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    this.db.exec('begin');
    try {
      return await work();
    } finally {
      this.db.exec('rollback');
    }
  }

  async close(): Promise<void> {
    this.db.close();
  }
}
