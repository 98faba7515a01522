import type Database from 'better-sqlite3';
import type { EventBatch, EventQuery, LogHead, ScannedEvent, StoredEvent } from './event-log.js';
import {
  EVENT_COLUMNS,
  headOf,
  SCANNED_COLUMNS,
  SELECT_HEAD,
  storedEvent,
  type EventRow,
} from './event-row.js';
import { SELECT_STORE_ID, storeIdOf } from './store-identity.js';

/** Reads a page of the log by user, then position; exported so that a test can check its query plan. */
export const BY_USER = `select ${SCANNED_COLUMNS} from events e join streams s on s.stream_key = e.stream_key
  where (e.user_id, e.position) > (?, ?) order by e.user_id, e.position limit ?`;

/** Reads the log over any connection: the writer's own or the read-only one of a worker. */
export class SqliteEventReader {
  private last: Database.Statement | undefined;
  private identity: Database.Statement | undefined;
  private readonly statements = new Map<string, Database.Statement>();
  private byUser: Database.Statement | undefined;

  constructor(private readonly db: Database.Database) {}

  head(): LogHead {
    this.last ??= this.db.prepare(SELECT_HEAD);
    return headOf(this.last.get() as EventRow | undefined);
  }

  /** Returns the UUID that names the store. */
  storeId(): string {
    this.identity ??= this.db.prepare(SELECT_STORE_ID).pluck();
    return storeIdOf(this.identity.get() as string | undefined);
  }

  read(query: EventQuery): StoredEvent[] {
    const { statement, parameters } = this.selectEvents(query);
    return (statement.all(...parameters) as EventRow[]).map(storedEvent);
  }

  /** Reads no further than the event with which the data of all reaches `maxBytes`. */
  readBatch(query: EventQuery, maxBytes: number): EventBatch {
    const { statement, parameters } = this.selectEvents(query);
    const events: StoredEvent[] = [];
    let bytes = 0;
    for (const row of statement.iterate(...parameters) as Iterable<EventRow>) {
      events.push(storedEvent(row));
      bytes += Buffer.byteLength(row.data);
      if (bytes >= maxBytes) return { events, cut: true };
    }
    return { events, cut: false };
  }

  /** Reads a page of the log, ordered by user, then position. */
  readByUser(after: { userId: string; position: number }, limit: number): ScannedEvent[] {
    this.byUser ??= this.db.prepare(BY_USER);
    return this.byUser.all(after.userId, after.position, limit) as ScannedEvent[];
  }

  private selectEvents(query: EventQuery): { statement: Database.Statement; parameters: unknown[] } {
    const { sql, parameters } = selectEvents(query);
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return { statement, parameters };
  }
}

/** Builds the statement that reads a page of events; exported so that a test can check its query plan. */
export function selectEvents(query: EventQuery): { sql: string; parameters: (string | number)[] } {
  const conditions = ['e.position > ?'];
  const parameters: (string | number)[] = [query.after];
  const also = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters.push(value);
  };
  also('e.position <= ?', query.upTo);
  also('e.user_id = ?', query.userId);
  also('s.stream_id = ?', query.streamId);
  also('e.type in (select value from json_each(?))', query.types && JSON.stringify(query.types));
  also('e.occurred_at >= ?', query.from);
  also('e.occurred_at < ?', query.to);
  const sql =
    `select ${EVENT_COLUMNS} from events e join streams s on s.stream_key = e.stream_key ` +
    `where ${conditions.join(' and ')} order by e.position limit ?`;
  return { sql, parameters: [...parameters, query.limit] };
}
