import type Database from 'better-sqlite3';
import { rowCache, SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import { Unavailable } from '../../errors.js';
import type { EventLog, EventQuery, LogHead, LogTransaction, StoredEvent } from './event-log.js';
import { SqliteEventReader } from './sqlite-event-reader.js';
import { uuidBytes } from './uuid-bytes.js';

const INSERT = `insert into events (position, event_id, user_id, stream_key, version, type, schema_version, occurred_at,
  utc_offset, recorded_at, command_id, correlation_id, causation_id, actor, data, hash)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The log in one SQLite file, written over one connection. */
export class SqliteEventLog implements EventLog {
  private readonly rows: SqliteRows;
  private readonly reader: SqliteEventReader;
  private readonly insert: Database.Statement;
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;

  constructor(private readonly db: Database.Database) {
    this.rows = new SqliteRows(db, rowCache());
    this.reader = new SqliteEventReader(db);
    this.insert = db.prepare(INSERT);
    this.begin = db.prepare('begin immediate');
    this.commit = db.prepare('commit');
    this.rollback = db.prepare('rollback');
  }

  async transaction<T>(work: (transaction: LogTransaction) => T): Promise<T> {
    attempt(() => this.begin.run());
    try {
      const result = work({
        head: this.reader.head(),
        rows: this.rows,
        read: (query) => this.reader.read(query),
        append: (events) => this.append(events),
        save: (changes) => this.rows.save(changes),
      });
      attempt(() => this.commit.run());
      return result;
    } catch (error) {
      this.rows.forget();
      // A failed commit may have rolled back already.
      if (this.db.inTransaction) this.rollback.run();
      throw error;
    }
  }

  async head(): Promise<LogHead> {
    return this.reader.head();
  }

  async read(query: EventQuery): Promise<StoredEvent[]> {
    return this.reader.read(query);
  }

  private append(events: readonly StoredEvent[]): void {
    for (const event of events) {
      this.insert.run(
        event.position,
        uuidBytes(event.eventId),
        event.userId,
        event.streamKey,
        event.version,
        event.type,
        event.schemaVersion,
        event.occurredAt,
        event.utcOffset,
        event.recordedAt,
        uuidBytes(event.commandId),
        // Most commands are their own correlation: no need to keep the id twice.
        event.correlationId === event.commandId ? null : event.correlationId,
        event.causationId === null ? null : uuidBytes(event.causationId),
        event.actor,
        event.data,
        Buffer.from(event.hash, 'hex'),
      );
    }
  }
}

/** Translates what the driver throws when the file cannot be locked or written. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (cause) {
    throw Unavailable.database(cause);
  }
}
