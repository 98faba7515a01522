import type Database from 'better-sqlite3';
import type { RowQuery } from '../../database/row-store.js';
import { openForReading } from '../../database/sqlite/open-sqlite.js';
import { sqliteIndexedTerms } from '../../database/sqlite/sqlite-indexed-terms.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import { storageDamage } from '../../database/sqlite/storage-damage.js';
import type { Table } from '../../database/table.js';
import type {
  EventQuery,
  LogHead,
  ScannedEvent,
  StoredEvent,
  UserChange,
  UserEventQuery,
  UserEvents,
} from '../../events/log/event-log.js';
import { SqliteEventReader } from '../../events/log/sqlite-event-reader.js';
import { uuidText } from '../../events/log/uuid-bytes.js';
import type { StoreReader, UserPlace } from './store-reader.js';

/** Scans a SQLite file over its own read-only connection. Each page blocks the thread. */
export class SqliteStoreReader implements StoreReader {
  private readonly db: Database.Database;
  private readonly log: SqliteEventReader;
  private readonly storedRows: SqliteRows;

  constructor(file: string) {
    this.db = openForReading(file);
    // A scan reads each page once or at random, so a large cache would only cost memory.
    this.db.pragma('cache_size = -16384');
    this.log = new SqliteEventReader(this.db);
    this.storedRows = new SqliteRows(this.db);
  }

  async head(): Promise<LogHead> {
    return this.log.head();
  }

  async storeId(): Promise<string> {
    return this.log.storeId();
  }

  async events(query: EventQuery): Promise<StoredEvent[]> {
    return this.log.read(query);
  }

  async eventsByUser(after: UserPlace, limit: number, asOf?: number): Promise<ScannedEvent[]> {
    return this.log.readByUser(after, limit, asOf);
  }

  async eventsOfUser(query: UserEventQuery): Promise<UserEvents> {
    return this.log.readOfUser(query);
  }

  async changesOfUser(query: Omit<UserEventQuery, 'types'>): Promise<UserChange[]> {
    return this.log.changesOfUser(query);
  }

  async userAtOffset(after: string, events: number): Promise<string | undefined> {
    const statement = this.db.prepare(
      'select user_id from events where user_id > ? order by user_id, position limit 1 offset ?',
    );
    return statement.pluck().get(after, events) as string | undefined;
  }

  async rows<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> {
    return this.storedRows.list(table, query) as Row[];
  }

  async count(table: Table): Promise<number> {
    return this.db.prepare(`select count(*) from ${table.name}`).pluck().get() as number;
  }

  async migrations(): Promise<string[] | undefined> {
    const table = this.db.prepare(`select 1 from sqlite_schema where name = 'mikro_orm_migrations'`);
    if (!table.get()) return undefined;
    return this.db.prepare('select name from mikro_orm_migrations order by id').pluck().all() as string[];
  }

  async storageDamage(): Promise<string[]> {
    return storageDamage(this.db, 'integrity_check');
  }

  async lastAssignedPosition(): Promise<number> {
    const sequence = this.db.prepare(`select seq from sqlite_sequence where name = 'events'`).pluck().get();
    return (sequence as number | undefined) ?? 0;
  }

  async duplicateEventIds(): Promise<string[]> {
    const ids = this.db
      .prepare('select event_id from events group by event_id having count(*) > 1 limit 10')
      .pluck()
      .all();
    return (ids as Uint8Array[]).map(uuidText);
  }

  async indexedTerms(table: Table, userId: string): Promise<Map<number, string[]>> {
    return sqliteIndexedTerms(this.db, table, userId);
  }

  async indexedRows(table: Table): Promise<number> {
    return this.db.prepare(`select count(*) from ${table.name}_fts_docsize`).pluck().get() as number;
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
