import type Database from 'better-sqlite3';
import type { StoredData } from './event-codec.js';
import {
  MAX_READ_BYTES,
  type EventBatch,
  type EventQuery,
  type LogHead,
  type ScannedEvent,
  type StoredEvent,
  type UserChange,
  type UserEventQuery,
  type UserEvents,
} from './event-log.js';
import {
  eventColumns,
  headOf,
  SCANNED_COLUMNS,
  SELECT_HEAD,
  storedEvent,
  type EventRow,
  type HeadRow,
} from './event-row.js';
import {
  selectLastPositions,
  selectPointAt,
  selectRecordedAt,
  type LastPositions,
  type LogPoint,
} from './log-point.js';
import { SELECT_STORE_ID, storeIdOf } from './store-identity.js';

/** Reads a page of the log by user, then position; exported so that a test can check its query plan. */
export const BY_USER = `select ${SCANNED_COLUMNS} from events e join streams s on s.stream_key = e.stream_key
  where (e.user_id, e.position) > (?, ?) order by e.user_id, e.position limit ?`;

/** Reads a page of one user's events for folds; exported so that a test can check its query plan. */
export const OF_USER = `select ${SCANNED_COLUMNS} from events e join streams s on s.stream_key = e.stream_key
  where e.user_id = ? and e.position > ? and e.position <= ? and e.type in (select value from json_each(?))
  order by e.position limit ?`;

/** Reads a page of what happened to one user, without its content. */
export const CHANGES_OF_USER = `select position, recorded_at as "recordedAt", type from events
  where user_id = ? and position > ? and position <= ? order by position limit ?`;

const EVENT_COLUMNS = eventColumns((column) => `lower(hex(${column}))`);

/** Reads the log over any connection: the writer's own or the read-only one of a worker. */
export class SqliteEventReader {
  private last: Database.Statement | undefined;
  private identity: Database.Statement | undefined;
  private recorded: Database.Statement | undefined;
  private point: Database.Statement | undefined;
  private readonly statements = new Map<string, Database.Statement>();
  private ofUser: Database.Statement | undefined;
  private changes: Database.Statement | undefined;
  private lasts: Database.Statement | undefined;
  private byUser: Database.Statement | undefined;

  constructor(private readonly db: Database.Database) {}

  head(): LogHead {
    this.last ??= this.db.prepare(SELECT_HEAD);
    return headOf(this.last.get() as HeadRow | undefined);
  }

  /** Returns the UUID that names the store. */
  storeId(): string {
    this.identity ??= this.db.prepare(SELECT_STORE_ID).pluck();
    return storeIdOf(this.identity.get() as string | undefined);
  }

  /** Returns when the event at the position was recorded, ms UTC; undefined if there is none. */
  recordedAt(position: number): number | undefined {
    this.recorded ??= this.db.prepare(selectRecordedAt('?')).pluck();
    return this.recorded.get(position) as number | undefined;
  }

  /** Returns the last event recorded at or before the time, ms UTC. */
  positionAt(time: number): LogPoint {
    this.point ??= this.db.prepare(selectPointAt('@time'));
    return this.point.get({ time }) as LogPoint;
  }

  /** Reads a page of the log, in order of position. */
  read(query: EventQuery): StoredEvent[] {
    return this.readBatch(query, MAX_READ_BYTES).events;
  }

  /** Reads no further than the event with which the data of all reaches `maxBytes`. */
  readBatch(query: EventQuery, maxBytes: number): EventBatch {
    const { statement, parameters } = this.selectEvents(query);
    const { rows, cut } = upToSize(statement.iterate(...parameters) as Iterable<EventRow>, maxBytes);
    return { events: rows.map(storedEvent), cut };
  }

  /** Reads a page of the log, ordered by user, then position. */
  readByUser(after: { userId: string; position: number }, limit: number): ScannedEvent[] {
    this.byUser ??= this.db.prepare(BY_USER);
    const rows = this.byUser.iterate(after.userId, after.position, limit);
    return upToSize(rows as Iterable<ScannedEvent>, MAX_READ_BYTES).rows;
  }

  /** Reads a page of one user's events, in order of position. */
  readOfUser({ userId, after, upTo, types, limit }: UserEventQuery): UserEvents {
    this.ofUser ??= this.db.prepare(OF_USER);
    const all = this.ofUser.iterate(userId, after, upTo, JSON.stringify(types), limit);
    const { rows, cut } = upToSize(all as Iterable<ScannedEvent>, MAX_READ_BYTES);
    return { events: rows, more: cut || rows.length === limit };
  }

  /** Reads a page of what happened to one user, in order of position. */
  changesOfUser({ userId, after, upTo, limit }: Omit<UserEventQuery, 'types'>): UserChange[] {
    this.changes ??= this.db.prepare(CHANGES_OF_USER);
    return this.changes.all(userId, after, upTo, limit) as UserChange[];
  }

  /** Returns the head of the log, and the position of the user's last event; 0 if there is none. */
  lastPositions(userId: string): LastPositions {
    this.lasts ??= this.db.prepare(selectLastPositions('?'));
    return this.lasts.get(userId) as LastPositions;
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

/** Takes rows up to the one with which the data of all reaches `maxBytes`, and says whether that cut them. */
function upToSize<Row extends { data: StoredData }>(
  all: Iterable<Row>,
  maxBytes: number,
): { rows: Row[]; cut: boolean } {
  const rows: Row[] = [];
  let bytes = 0;
  for (const row of all) {
    rows.push(row);
    bytes += Buffer.byteLength(row.data);
    if (bytes >= maxBytes) return { rows, cut: true };
  }
  return { rows, cut: false };
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
