import type pg from 'pg';
import { GENESIS } from './event-hash.js';
import type { EventQuery, LogHead, StoredEvent } from './event-log.js';
import { payloadFrom } from './postgresql-payload.js';
import { uuidText } from './uuid-bytes.js';

const COLUMNS = `e.position, e.event_id, e.user_id, s.stream_id, e.stream_key, e.version, e.type, e.schema_version,
  e.occurred_at, e.utc_offset, e.recorded_at, e.command_id, e.correlation_id, e.causation_id, e.actor, e.data, e.hash`;

interface EventRow {
  position: number;
  event_id: Buffer;
  user_id: string;
  stream_id: string;
  stream_key: number;
  version: number;
  type: string;
  schema_version: number;
  occurred_at: number;
  utc_offset: number;
  recorded_at: number;
  command_id: Buffer;
  correlation_id: string | null;
  causation_id: Buffer | null;
  actor: string;
  data: string;
  hash: Buffer;
}

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Where the log ends. */
export async function readHead(db: Queryable): Promise<LogHead> {
  const { rows } = await db.query<Pick<EventRow, 'position' | 'hash' | 'recorded_at'>>({
    name: 'log head',
    text: 'select position, hash, recorded_at from events order by position desc limit 1',
  });
  const [row] = rows;
  if (!row) return { position: 0, hash: GENESIS, recordedAt: 0 };
  return { position: row.position, hash: row.hash.toString('hex'), recordedAt: row.recorded_at };
}

/** A page of events. */
export async function readEvents(db: Queryable, query: EventQuery): Promise<StoredEvent[]> {
  const { rows } = await db.query<EventRow>(selectEvents(query));
  return rows.map(storedEvent);
}

/** The statement of a page of events. */
export function selectEvents(query: EventQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [query.after];
  const conditions = ['e.position > $1'];
  const also = (condition: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  also((p) => `e.user_id = ${p}`, query.userId);
  also((p) => `s.stream_id = ${p}`, query.streamId);
  also((p) => `e.type = any(${p}::text[])`, query.types);
  also((p) => `e.occurred_at >= ${p}`, query.from);
  also((p) => `e.occurred_at < ${p}`, query.to);
  values.push(query.limit);
  const text =
    `select ${COLUMNS} from events e join streams s on s.user_id = e.user_id and s.stream_key = e.stream_key ` +
    `where ${conditions.join(' and ')} order by e.position limit $${values.length}`;
  return { text, values };
}

function storedEvent(row: EventRow): StoredEvent {
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
    data: payloadFrom(row.data),
    hash: row.hash.toString('hex'),
  };
}
