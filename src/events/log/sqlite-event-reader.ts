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
  asErased,
  eventColumns,
  headOf,
  SCANNED_COLUMNS,
  SELECT_ERASING,
  SELECT_HEAD,
  selectPending,
  storedEvent,
  type EventRow,
  type HeadRow,
  type PendingErasures,
} from './event-row.js';
import { withoutData } from './event-seal.js';
import {
  selectLastPositions,
  selectPointAt,
  selectRecordedAt,
  type LastPositions,
  type LogPoint,
} from './log-point.js';
import {
  betweenPlaces,
  endsByUser,
  NOW,
  selectMarks,
  withMarks,
  type MarkRow,
} from './retraction/retraction-marks.js';
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

/** Reads which events of a page are taken back; exported so that a test can check their query plans. */
export const MARKS_BY_USER = selectMarks(betweenPlaces(['@user', '@first', '@lastUser', '@last']), '@asOf');
export const MARKS_OF_USER = selectMarks(
  'e.user_id = @user and e.position between @first and @last',
  '@asOf',
);
export const MARKS_BY_POSITION = selectMarks('e.position between @first and @last', '@asOf');

/** Reads which events of a user some retractions name; exported so that a test can check its query plan. */
export const ERASED_EVENTS = `select position from retracted_events
  where user_id = @user and position between @first and @last
    and retraction in (select value from json_each(@by))`;

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
  private pendingUsers: Database.Statement | undefined;
  private erasing: Database.Statement | undefined;
  private erasedEvents: Database.Statement | undefined;
  private marksByUser: Database.Statement | undefined;
  private marksOfUser: Database.Statement | undefined;
  private marksByPosition: Database.Statement | undefined;

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
    const pending = this.pending();
    const { rows, cut } = upToSize(statement.iterate(...parameters) as Iterable<EventRow>, maxBytes);
    const events = this.shown(rows.map(storedEvent), pending);
    const { retractedAsOf } = query;
    if (retractedAsOf === undefined) return { events, cut };
    // One user's marks are found by the user, whatever lies between the events.
    const isOfUser = query.userId !== undefined;
    return {
      events: isOfUser ? this.markedByUser(events, retractedAsOf) : this.marked(events, retractedAsOf),
      cut,
    };
  }

  /** Reads a page of the log, ordered by user, then position, with the marks as of a position. */
  readByUser(after: { userId: string; position: number }, limit: number, asOf = NOW): ScannedEvent[] {
    this.byUser ??= this.db.prepare(BY_USER);
    const pending = this.pending();
    const rows = this.byUser.iterate(after.userId, after.position, limit);
    return this.markedByUser(
      this.shown(upToSize(rows as Iterable<ScannedEvent>, MAX_READ_BYTES).rows, pending),
      asOf,
    );
  }

  /** Reads a page of one user's events, in order of position. */
  readOfUser({ userId, after, upTo, types, limit }: UserEventQuery): UserEvents {
    this.ofUser ??= this.db.prepare(OF_USER);
    const pending = this.pending();
    const all = this.ofUser.iterate(userId, after, upTo, JSON.stringify(types), limit);
    const { rows, cut } = upToSize(all as Iterable<ScannedEvent>, MAX_READ_BYTES);
    const events = this.markedByUser(this.shown(rows, pending), upTo);
    return { events, more: cut || rows.length === limit };
  }

  /** Reads a page of what happened to one user, in order of position. */
  changesOfUser({ userId, after, upTo, limit }: Omit<UserEventQuery, 'types'>): UserChange[] {
    this.changes ??= this.db.prepare(CHANGES_OF_USER);
    return this.changes.all(userId, after, upTo, limit) as UserChange[];
  }

  /** Returns the head of the log, and the position of the user's last event; 0 if there is none. */
  lastPositions(userId: string): LastPositions {
    this.lasts ??= this.db.prepare(selectLastPositions('@userId'));
    return this.lasts.get({ userId }) as LastPositions;
  }

  /** Read before a page: what is erased later was there when the page was asked for. */
  private pending(): Pending {
    this.pendingUsers ??= this.db.prepare(selectPending('pending = 1')).raw();
    this.erasing ??= this.db.prepare(SELECT_ERASING).raw();
    const users = this.pendingUsers.all() as [string, number][];
    const erasing = this.erasing.all() as [string, number][];
    return {
      users: users.length > 0 ? new Map(users) : undefined,
      retractions: erasing.length > 0 ? Map.groupBy(erasing, ([userId]) => userId) : undefined,
    };
  }

  /** Returns the events as they will be once what is pending is done. */
  private shown<E extends ScannedEvent>(events: E[], { users, retractions }: Pending): E[] {
    const kept = users ? events.map((event) => asErased(event, event.userId, users)) : events;
    if (!retractions) return kept;
    const erased = new Set<number>();
    for (const [userId, own] of Map.groupBy(kept, (event) => event.userId)) {
      const pending = retractions.get(userId);
      if (!pending) continue;
      this.erasedEvents ??= this.db.prepare(ERASED_EVENTS).pluck();
      const positions = own.map(({ position }) => position);
      const range = { user: userId, first: Math.min(...positions), last: Math.max(...positions) };
      const by = JSON.stringify(pending.map(([, position]) => position));
      for (const position of this.erasedEvents.all({ ...range, by }) as number[]) erased.add(position);
    }
    return kept.map((event) => (erased.has(event.position) ? withoutData(event) : event));
  }

  private marked(events: StoredEvent[], asOf: number): StoredEvent[] {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) return events;
    this.marksByPosition ??= this.db.prepare(MARKS_BY_POSITION);
    const [low, high] = [first.position, last.position].toSorted((a, b) => a - b);
    const range = { first: low, last: high, asOf };
    return withMarks(events, this.marksByPosition.all(range) as MarkRow[]);
  }

  private markedByUser<E extends ScannedEvent | StoredEvent>(events: E[], asOf: number): E[] {
    const [first, last] = endsByUser(events);
    if (!first || !last) return events;
    const range = { user: first.userId, first: first.position, last: last.position, asOf };
    if (first.userId === last.userId) {
      this.marksOfUser ??= this.db.prepare(MARKS_OF_USER);
      return withMarks(events, this.marksOfUser.all(range) as MarkRow[]);
    }
    this.marksByUser ??= this.db.prepare(MARKS_BY_USER);
    return withMarks(events, this.marksByUser.all({ ...range, lastUser: last.userId }) as MarkRow[]);
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

/** What is about to be erased: undefined where nothing is. */
interface Pending {
  users: PendingErasures | undefined;
  /** The retractions that erase, by user. */
  retractions: ReadonlyMap<string, readonly [userId: string, position: number][]> | undefined;
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
  const { newestFirst, streamId } = query;
  // The newest events of a stream are read backwards along its own index; "+" keeps off the index of positions.
  const backwards = newestFirst && streamId !== undefined;
  const position = backwards ? '+e.position' : 'e.position';
  const conditions = [`${position} > ?`];
  const parameters: (string | number)[] = [query.after];
  const also = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters.push(value);
  };
  also(`${position} <= ?`, query.upTo);
  also(backwards ? 's.user_id = ?' : 'e.user_id = ?', query.userId);
  also('s.stream_id = ?', streamId);
  also('e.type in (select value from json_each(?))', query.types && JSON.stringify(query.types));
  also('e.occurred_at >= ?', query.from);
  also('e.occurred_at < ?', query.to);
  also('e.position in (select value from json_each(?))', query.positions && JSON.stringify(query.positions));
  const from = backwards ? 'streams s cross join events e' : 'events e join streams s';
  const order = backwards ? 'e.version desc' : `e.position${newestFirst ? ' desc' : ''}`;
  const sql =
    `select ${EVENT_COLUMNS} from ${from} on s.stream_key = e.stream_key ` +
    `where ${conditions.join(' and ')} order by ${order} limit ?`;
  return { sql, parameters: [...parameters, query.limit] };
}
