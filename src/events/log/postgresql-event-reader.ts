import type pg from 'pg';
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
import { payloadFrom } from './postgresql-payload.js';
import { SELECT_STORE_ID, storeIdOf } from './store-identity.js';

const EVENT_COLUMNS = eventColumns((column) => `encode(${column}, 'hex')`);

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Reads the head of the log. */
export async function readHead(db: Queryable): Promise<LogHead> {
  const { rows } = await db.query<HeadRow>({ name: 'log head', text: SELECT_HEAD });
  return headOf(rows[0]);
}

/** Reads the UUID that names the store. */
export async function readStoreId(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ store_id: string }>({ name: 'store id', text: SELECT_STORE_ID });
  return storeIdOf(rows[0]?.store_id);
}

/** Reads when the event at the position was recorded, ms UTC; undefined if there is none. */
export async function readRecordedAt(db: Queryable, position: number): Promise<number | undefined> {
  const { rows } = await db.query<{ recorded_at: number }>({
    name: 'recorded at',
    text: selectRecordedAt('$1'),
    values: [position],
  });
  return rows[0]?.recorded_at;
}

/** Finds the last event recorded at or before the time, ms UTC. */
export async function readPositionAt(db: Queryable, time: number): Promise<LogPoint> {
  const { rows } = await db.query<LogPoint>({
    name: 'position at',
    text: selectPointAt('$1'),
    values: [time],
  });
  return rows[0] ?? { position: 0, recordedAt: null };
}

/** Reads the head of the log, and the position of the user's last event. */
export async function readLastPositions(db: Queryable, userId: string): Promise<LastPositions> {
  const { rows } = await db.query<LastPositions>({
    name: 'last positions',
    text: selectLastPositions('$1'),
    values: [userId],
  });
  return rows[0] ?? { head: 0, last: 0 };
}

/** Reads a page of one user's events for folds, in order of position. */
export async function readEventsOfUser(
  db: Queryable,
  { userId, after, upTo, types, limit }: UserEventQuery,
): Promise<UserEvents> {
  const { rows } = await db.query<ScannedRow>({
    name: 'events of user',
    text: upToSize(
      `select ${SCANNED_COLUMNS}${runningBytes('e.position')} from ${EVENTS_WITH_STREAMS}
      where e.user_id = $1 and e.position > $2 and e.position <= $3 and e.type = any($4::text[])
      order by e.position limit $5`,
      '$6',
    ),
    values: [userId, after, upTo, types, limit, MAX_READ_BYTES],
  });
  const more = rows.length === limit || (rows.at(-1)?.bytes ?? 0) >= MAX_READ_BYTES;
  return { events: rows.map(scanned), more };
}

/** Reads a page of what happened to one user, without its content, in order of position. */
export async function readChangesOfUser(
  db: Queryable,
  { userId, after, upTo, limit }: Omit<UserEventQuery, 'types'>,
): Promise<UserChange[]> {
  const { rows } = await db.query<UserChange>({
    name: 'changes of user',
    text: `select position, recorded_at as "recordedAt", type from events
      where user_id = $1 and position > $2 and position <= $3 order by position limit $4`,
    values: [userId, after, upTo, limit],
  });
  return rows;
}

/** Reads a page of events in order of position. */
export async function readEvents(db: Queryable, query: EventQuery): Promise<StoredEvent[]> {
  return (await readEventBatch(db, query, MAX_READ_BYTES)).events;
}

/** Reads no further than the event with which the data of all reaches `maxBytes`. */
export async function readEventBatch(
  db: Queryable,
  query: EventQuery,
  maxBytes: number,
): Promise<EventBatch> {
  const { text, values } = selectEvents(query, runningBytes('e.position'));
  const { rows } = await db.query<EventRow & { data: string; bytes: number }>({
    text: upToSize(text, `$${values.length + 1}`),
    values: [...values, maxBytes],
  });
  return { events: rows.map(stored), cut: (rows.at(-1)?.bytes ?? 0) >= maxBytes };
}

/** A further column: the bytes of the data of the page's events up to this one. */
function runningBytes(order: string): string {
  return `, sum(octet_length(e.data)) over (order by ${order} rows unbounded preceding) as bytes`;
}

/**
 * Ends a page at the event with which its data reaches the size. The size of a value is known without reading
 * it, so the values after that event stay on disk.
 */
function upToSize(page: string, maxBytes: string, order = 'position'): string {
  return `select * from (${page}) page where bytes - octet_length(data) < ${maxBytes} order by ${order}`;
}

type ScannedRow = ScannedEvent & { data: string; bytes: number };

function scanned({ bytes: _bytes, data, ...event }: ScannedRow): ScannedEvent {
  return { ...event, data: payloadFrom(data) };
}

function stored(row: EventRow & { data: string }): StoredEvent {
  return storedEvent({ ...row, data: payloadFrom(row.data) });
}

/**
 * The planner takes the two columns of the key for independent and expects far too few rows of a plain join:
 * it would join all remaining events for each page. `limit 1` says that each event has one stream.
 */
const EVENTS_WITH_STREAMS = `events e cross join lateral (
  select stream_id from streams where user_id = e.user_id and stream_key = e.stream_key limit 1) s`;

const EVENTS_OF_STREAM = 'events e join streams s on s.user_id = e.user_id and s.stream_key = e.stream_key';

/** Reads a page of the log, ordered by user, then position. */
export async function readEventsByUser(
  db: Queryable,
  after: { userId: string; position: number },
  limit: number,
): Promise<ScannedEvent[]> {
  const { rows } = await db.query<ScannedRow>({
    name: 'events by user',
    text: upToSize(
      `select ${SCANNED_COLUMNS}${runningBytes('e.user_id, e.position')} from ${EVENTS_WITH_STREAMS}
      where (e.user_id, e.position) > ($1, $2) order by e.user_id, e.position limit $3`,
      '$4',
      '"userId", position',
    ),
    values: [after.userId, after.position, limit, MAX_READ_BYTES],
  });
  return rows.map(scanned);
}

/** Builds the statement that reads a page of events, with `more` columns. */
export function selectEvents(query: EventQuery, more = ''): { text: string; values: unknown[] } {
  const values: unknown[] = [query.after];
  const conditions = ['e.position > $1'];
  const also = (condition: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  // Without statistics, the planner would expect few rows of two plain bounds, but not of a bound of pairs.
  also((p) => `(e.position, 0) <= (${p}, 0)`, query.upTo);
  also((p) => `e.user_id = ${p}`, query.userId);
  also((p) => `s.stream_id = ${p}`, query.streamId);
  also((p) => asFilter(`e.type = any(${p}::text[])`), query.types);
  also((p) => asFilter(`e.occurred_at >= ${p}`), query.from);
  also((p) => asFilter(`e.occurred_at < ${p}`), query.to);
  values.push(query.limit);
  const text =
    `select ${EVENT_COLUMNS}${more} from ${query.streamId === undefined ? EVENTS_WITH_STREAMS : EVENTS_OF_STREAM} ` +
    `where ${conditions.join(' and ')} order by e.position limit $${values.length}`;
  return { text, values };
}

/**
 * Writes a condition that no index serves so that the planner expects it to keep most rows: then it reads in
 * the order of the page until the page is full. If it expected few, it would read and sort the whole rest of
 * the log.
 */
function asFilter(condition: string): string {
  return `nullif(${condition}, false) is not null`;
}
