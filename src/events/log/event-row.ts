import { USER_ERASED } from '../erasure/user-erased.event.js';
import type { StoredData } from './event-codec.js';
import { GENESIS } from './event-hash.js';
import type { LogHead, StoredEvent } from './event-log.js';
import { withoutData } from './event-seal.js';
import { ERASURE_STEPS } from './retraction/retraction-tables.js';
import { dashedUuid } from './uuid-bytes.js';

/**
 * Returns the columns of an event `e` and its stream `s`, as EventRow has them. `hex` writes the hex digits
 * of a column of bytes: a driver takes longer to hand over bytes than a database to write them as text.
 */
export function eventColumns(hex: (column: string) => string): string {
  const bytes = ['event_id', 'command_id', 'causation_id', 'seal', 'hash'].map(
    (column) => `${hex(`e.${column}`)} as ${column}`,
  );
  return `e.position, e.user_id, s.stream_id, e.stream_key, e.version, e.type, e.schema_version, e.occurred_at,
  e.utc_offset, e.recorded_at, e.correlation_id, e.actor, e.data, ${bytes.join(', ')}`;
}

/** The columns of an event that is only folded, named like the fields of ScannedEvent. */
export const SCANNED_COLUMNS = `e.position, e.user_id as "userId", s.stream_id as "streamId", e.stream_key as "streamKey",
  e.version, e.type, e.schema_version as "schemaVersion", e.occurred_at as "occurredAt", e.utc_offset as "utcOffset",
  e.recorded_at as "recordedAt", e.data`;

/** Selects the users whose erasure is pending: `where` selects pending rows. */
export const selectPending = (where: string): string =>
  `select user_id, position from erasures where ${where}`;

/** The positions of the erasures that are pending, by user. */
export type PendingErasures = ReadonlyMap<string, number>;

/**
 * Returns the row as it will be once its user's erasure is done, so that nobody reads what is about to go.
 */
export function asErased<Row extends Pick<StoredEvent, 'position' | 'type' | 'data' | 'seal'>>(
  row: Row,
  userId: string,
  pending: PendingErasures,
): Row {
  const isPending = row.position < (pending.get(userId) ?? 0) && row.type !== USER_ERASED;
  return isPending ? withoutData(row) : row;
}

/** Selects the retractions whose events are being erased: `where` selects the pending ones. */
export const SELECT_ERASING = `select user_id, position from retractions where erasure = ${ERASURE_STEPS.pending}`;

/**
 * Whether the event `e` is about to be erased by a retraction. As long as no retraction is pending, the first
 * part is all that is evaluated, once for a page.
 */
export const IS_BEING_ERASED = `case when (select exists (${SELECT_ERASING})) then exists (
  select 1 from retracted_events k join retractions r on r.user_id = k.user_id and r.position = k.retraction
  where k.user_id = e.user_id and k.position = e.position and r.erasure = ${ERASURE_STEPS.pending}) else false end`;

/** Selects the row that `headOf` takes. */
export const SELECT_HEAD = 'select position, hash, recorded_at from events order by position desc limit 1';

/** An event and its stream's id, as a database returns them. */
export interface EventRow {
  position: number;
  /** 32 hex digits, as are the ids of command and cause. */
  event_id: string;
  user_id: string;
  stream_id: string;
  stream_key: number;
  version: number;
  type: string;
  schema_version: number;
  occurred_at: number;
  utc_offset: number;
  recorded_at: number;
  command_id: string;
  correlation_id: string | null;
  /** Null or empty where there is none: SQLite writes null as no digits. */
  causation_id: string | null;
  actor: string;
  data: StoredData;
  /** Null or empty where there is none, as above. */
  seal: string | null;
  hash: string;
}

/** Converts a row into a stored event. */
export function storedEvent(row: EventRow): StoredEvent {
  const commandId = dashedUuid(row.command_id);
  return {
    position: row.position,
    eventId: dashedUuid(row.event_id),
    userId: row.user_id,
    streamId: row.stream_id,
    streamKey: row.stream_key,
    version: row.version,
    type: row.type,
    schemaVersion: row.schema_version,
    occurredAt: row.occurred_at,
    utcOffset: row.utc_offset,
    recordedAt: row.recorded_at,
    commandId,
    correlationId: row.correlation_id ?? commandId,
    causationId: row.causation_id ? dashedUuid(row.causation_id) : null,
    actor: row.actor,
    data: row.data,
    seal: row.seal || null,
    hash: row.hash,
  };
}

/** The last event of a log, as SELECT_HEAD returns it. */
export interface HeadRow {
  position: number;
  hash: Uint8Array;
  recorded_at: number;
}

/** Returns the head of a log, given the row of its last event; undefined stands for an empty log. */
export function headOf(row: HeadRow | undefined): LogHead {
  if (!row) return { position: 0, hash: GENESIS, recordedAt: 0 };
  const { buffer, byteOffset, byteLength } = row.hash;
  const hash = Buffer.from(buffer, byteOffset, byteLength).toString('hex');
  return { position: row.position, hash, recordedAt: row.recorded_at };
}
