import type { StoredData } from './event-codec.js';
import { GENESIS } from './event-hash.js';
import type { LogHead, StoredEvent } from './event-log.js';
import { uuidText } from './uuid-bytes.js';

/** The columns of an event `e` and its stream `s`, as EventRow has them. */
export const EVENT_COLUMNS = `e.position, e.event_id, e.user_id, s.stream_id, e.stream_key, e.version, e.type, e.schema_version,
  e.occurred_at, e.utc_offset, e.recorded_at, e.command_id, e.correlation_id, e.causation_id, e.actor, e.data, e.hash`;

/** The columns of an event that is only folded, named like the fields of ScannedEvent. */
export const SCANNED_COLUMNS = `e.position, e.user_id as "userId", s.stream_id as "streamId", e.stream_key as "streamKey",
  e.version, e.type, e.schema_version as "schemaVersion", e.occurred_at as "occurredAt", e.utc_offset as "utcOffset",
  e.recorded_at as "recordedAt", e.data`;

/** Selects the row that `headOf` takes. */
export const SELECT_HEAD = 'select position, hash, recorded_at from events order by position desc limit 1';

/** An event and its stream's id, as a database returns them. */
export interface EventRow {
  position: number;
  event_id: Uint8Array;
  user_id: string;
  stream_id: string;
  stream_key: number;
  version: number;
  type: string;
  schema_version: number;
  occurred_at: number;
  utc_offset: number;
  recorded_at: number;
  command_id: Uint8Array;
  correlation_id: string | null;
  causation_id: Uint8Array | null;
  actor: string;
  data: StoredData;
  hash: Uint8Array;
}

/** Converts a row into a stored event. */
export function storedEvent(row: EventRow): StoredEvent {
  const commandId = uuidText(row.command_id);
  return {
    position: row.position,
    eventId: uuidText(row.event_id),
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
    causationId: row.causation_id && uuidText(row.causation_id),
    actor: row.actor,
    data: row.data,
    hash: hex(row.hash),
  };
}

/** Returns the head of a log, given the row of its last event; undefined stands for an empty log. */
export function headOf(row: Pick<EventRow, 'position' | 'hash' | 'recorded_at'> | undefined): LogHead {
  if (!row) return { position: 0, hash: GENESIS, recordedAt: 0 };
  return { position: row.position, hash: hex(row.hash), recordedAt: row.recorded_at };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
