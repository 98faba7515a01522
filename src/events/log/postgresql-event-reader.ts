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
  asErased,
  eventColumns,
  headOf,
  IS_BEING_ERASED,
  SCANNED_COLUMNS,
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
import { payloadFrom } from './postgresql-payload.js';
import {
  betweenPlaces,
  endsByUser,
  NOW,
  selectMarks,
  withMarks,
  type MarkRow,
} from './retraction/retraction-marks.js';
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
  return rows[0] ?? { head: 0, last: 0, erased: 0, reopened: 0 };
}

/** Reads a page of one user's events for folds, in order of position. */
export async function readEventsOfUser(
  db: Queryable,
  { userId, after, upTo, types, limit }: UserEventQuery,
): Promise<UserEvents> {
  const { rows } = await db.query<ScannedRow>({
    name: 'events of user',
    text: upToSize(
      `select ${SCANNED_COLUMNS}${pageColumns('e.position')} from ${EVENTS_WITH_STREAMS}
      where e.user_id = $1 and e.position > $2 and e.position <= $3 and e.type = any($4::text[])
      order by e.position limit $5`,
      '$6',
    ),
    values: [userId, after, upTo, types, limit, MAX_READ_BYTES],
  });
  const more = rows.length === limit || (rows.at(-1)?.bytes ?? 0) >= MAX_READ_BYTES;
  return { events: await markedByUser(db, rows.map(scanned), upTo), more };
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
  const order = orderOf(query);
  const { text, values } = selectEvents(query, pageColumns(`e.${order}`));
  const { rows } = await db.query<EventRow & PageRow>({
    text: upToSize(text, `$${values.length + 1}`, order),
    values: [...values, maxBytes],
  });
  const events = rows.map(stored);
  const { retractedAsOf } = query;
  const cut = (rows.at(-1)?.bytes ?? 0) >= maxBytes;
  if (retractedAsOf === undefined) return { events, cut };
  // One user's marks are found by the user, whatever lies between the events.
  const mark = query.userId === undefined ? marked : markedByUser<StoredEvent>;
  return { events: await mark(db, events, retractedAsOf), cut };
}

/** Reads which events of a page are taken back; exported so that a test can check its query plan. */
export const MARKS_BY_POSITION = selectMarks('e.position between $1 and $2', '$3');

async function marked(db: Queryable, events: StoredEvent[], asOf: number): Promise<StoredEvent[]> {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return events;
  const { rows } = await db.query<MarkRow>({
    name: 'marks by position',
    text: MARKS_BY_POSITION,
    values: [...[first.position, last.position].toSorted((a, b) => a - b), asOf],
  });
  return withMarks(events, rows);
}

async function markedByUser<E extends ScannedEvent | StoredEvent>(
  db: Queryable,
  events: E[],
  asOf: number,
): Promise<E[]> {
  const [first, last] = endsByUser(events);
  if (!first || !last) return events;
  const { rows } = await db.query<MarkRow>({
    name: 'marks by user',
    text: selectMarks(betweenPlaces(['$1', '$2', '$3', '$4']), '$5'),
    values: [first.userId, first.position, last.userId, last.position, asOf],
  });
  return withMarks(events, rows);
}

/** Selects the further columns of a page; the pending erasures are read once for all of its rows. */
function pageColumns(order: string): string {
  return `, sum(octet_length(e.data)) over (order by ${order} rows unbounded preceding) as bytes,
    (select json_agg(json_build_array(user_id, position))::text from (${selectPending('pending')}) p) as pending,
    ${IS_BEING_ERASED} as "isBeingErased"`;
}

/**
 * Ends a page at the event with which its data reaches the size. The size of a value is known without reading
 * it, so the values after that event stay on disk.
 */
function upToSize(page: string, maxBytes: string, order = 'position'): string {
  return `select * from (${page}) page where bytes - octet_length(data) < ${maxBytes} order by ${order}`;
}

/** Further columns of every page. */
interface PageRow {
  data: string;
  /** The bytes of the data of the page's events up to this one. */
  bytes: number;
  /** The erasures that are pending: pairs of user and position, as JSON; null if there are none. */
  pending: string | null;
  /** Whether a retraction is erasing the event. */
  isBeingErased: boolean;
}

type ScannedRow = ScannedEvent & PageRow;

function scanned({ bytes: _bytes, pending, isBeingErased, data, ...row }: ScannedRow): ScannedEvent {
  return shown({ ...row, data: payloadFrom(data) }, { pending, isBeingErased });
}

function stored({ pending, isBeingErased, ...row }: EventRow & PageRow): StoredEvent {
  return shown(storedEvent({ ...row, data: payloadFrom(row.data) }), { pending, isBeingErased });
}

/** Returns the event as it will be once what is pending is done. */
function shown<E extends ScannedEvent>(
  event: E,
  { pending, isBeingErased }: Pick<PageRow, 'pending' | 'isBeingErased'>,
): E {
  if (isBeingErased) return withoutData(event);
  return pending === null ? event : asErased(event, event.userId, pendingIn(pending));
}

function pendingIn(json: string): PendingErasures {
  return new Map(JSON.parse(json) as [string, number][]);
}

/**
 * The planner takes the two columns of the key for independent and expects far too few rows of a plain join:
 * it would join all remaining events for each page. `limit 1` says that each event has one stream.
 */
const EVENTS_WITH_STREAMS = `events e cross join lateral (
  select stream_id from streams where user_id = e.user_id and stream_key = e.stream_key limit 1) s`;

const EVENTS_OF_STREAM = 'events e join streams s on s.user_id = e.user_id and s.stream_key = e.stream_key';

/** Reads a page of the log, ordered by user, then position, with the marks as of a position. */
export async function readEventsByUser(
  db: Queryable,
  after: { userId: string; position: number },
  limit: number,
  asOf = NOW,
): Promise<ScannedEvent[]> {
  const { rows } = await db.query<ScannedRow>({
    name: 'events by user',
    text: upToSize(
      `select ${SCANNED_COLUMNS}${pageColumns('e.user_id, e.position')} from ${EVENTS_WITH_STREAMS}
      where (e.user_id, e.position) > ($1, $2) order by e.user_id, e.position limit $3`,
      '$4',
      '"userId", position',
    ),
    values: [after.userId, after.position, limit, MAX_READ_BYTES],
  });
  return markedByUser(db, rows.map(scanned), asOf);
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
  also((p) => `e.position = any(${p}::bigint[])`, query.positions);
  values.push(query.limit);
  const text =
    `select ${EVENT_COLUMNS}${more} from ${query.streamId === undefined ? EVENTS_WITH_STREAMS : EVENTS_OF_STREAM} ` +
    `where ${conditions.join(' and ')} order by e.${orderOf(query)} limit $${values.length}`;
  return { text, values };
}

/** The newest events of a stream are found by its own index, in which versions rise with positions. */
function orderOf({ newestFirst, streamId }: EventQuery): string {
  if (!newestFirst) return 'position';
  return streamId === undefined ? 'position desc' : 'version desc';
}

/**
 * Writes a condition that no index serves so that the planner expects it to keep most rows: then it reads in
 * the order of the page until the page is full. If it expected few, it would read and sort the whole rest of
 * the log.
 */
function asFilter(condition: string): string {
  return `nullif(${condition}, false) is not null`;
}
