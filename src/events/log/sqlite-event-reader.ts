import type Database from 'better-sqlite3';
import { GENESIS } from './event-hash.js';
import type { EventQuery, LogHead, StoredEvent } from './event-log.js';
import { uuidText } from './uuid-bytes.js';

const COLUMNS = `e.position, e.event_id, e.user_id, s.stream_id, e.stream_key, e.version, e.type, e.schema_version,
  e.occurred_at, e.utc_offset, e.recorded_at, e.command_id, e.correlation_id, e.causation_id, e.actor, e.data, e.hash`;

interface EventRow {
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
  data: string | Uint8Array;
  hash: Uint8Array;
}

/** Reads the log over any connection: the writer's own, or a worker's read-only one. */
export class SqliteEventReader {
  private readonly last: Database.Statement;
  private readonly statements = new Map<string, Database.Statement>();

  constructor(private readonly db: Database.Database) {
    this.last = db.prepare('select position, hash, recorded_at from events order by position desc limit 1');
  }

  head(): LogHead {
    const row = this.last.get() as Pick<EventRow, 'position' | 'hash' | 'recorded_at'> | undefined;
    if (!row) return { position: 0, hash: GENESIS, recordedAt: 0 };
    return { position: row.position, hash: hex(row.hash), recordedAt: row.recorded_at };
  }

  read(query: EventQuery): StoredEvent[] {
    const { sql, parameters } = selectEvents(query);
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return (statement.all(...parameters) as EventRow[]).map(storedEvent);
  }
}

/** The statement of a page of events; exported so that a test can ask SQLite for its plan. */
export function selectEvents(query: EventQuery): { sql: string; parameters: (string | number)[] } {
  const conditions = ['e.position > ?'];
  const parameters: (string | number)[] = [query.after];
  const also = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters.push(value);
  };
  also('e.user_id = ?', query.userId);
  also('s.stream_id = ?', query.streamId);
  also('e.type in (select value from json_each(?))', query.types && JSON.stringify(query.types));
  also('e.occurred_at >= ?', query.from);
  also('e.occurred_at < ?', query.to);
  const sql =
    `select ${COLUMNS} from events e join streams s on s.stream_key = e.stream_key ` +
    `where ${conditions.join(' and ')} order by e.position limit ?`;
  return { sql, parameters: [...parameters, query.limit] };
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
    data: row.data,
    hash: hex(row.hash),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
