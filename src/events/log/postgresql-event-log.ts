import type pg from 'pg';
import { translating } from '../../database/postgresql/postgresql-errors.js';
import { PostgresqlRows } from '../../database/postgresql/postgresql-rows.js';
import { PostgresqlShadows } from '../../database/postgresql/postgresql-shadows.js';
import type { RowChanges } from '../../database/row-store.js';
import { keyText, type Table } from '../../database/table.js';
import { eraseEvents, eraseReceipts, eraseRetracted } from './erasure/postgresql-erasure.js';
import {
  EventLog,
  type ErasureStepDone,
  type ReceiptStepDone,
  type EventQuery,
  type LogHead,
  type LogTransaction,
  type StoredEvent,
  type StreamHead,
  type UserEventQuery,
  type UserEvents,
} from './event-log.js';
import { headOf, SELECT_HEAD, type HeadRow } from './event-row.js';
import { NOTIFY } from './postgresql-doorbell.js';
import { readEvents, readEventsOfUser, readHead } from './postgresql-event-reader.js';
import { payloadText } from './postgresql-payload.js';
import { uuidBytes } from './uuid-bytes.js';

/**
 * The transaction-level lock that serializes appends: its holder assigns the next positions and releases it
 * with the commit, so positions have no gaps and follow the order of commits.
 */
export const LOCK_LOG = `select pg_advisory_xact_lock(hashtext('edgesoul events'), hashtext(current_schema()))`;

/**
 * All settings are `local`, so that they work behind a pooler that shares connections between transactions.
 * The isolation level is explicit, whatever the database's default: under a stricter one, the head would be
 * read from a snapshot taken before the lock was acquired.
 */
const BEGIN = `begin isolation level read committed read write;
  set local lock_timeout = '5s';
  set local statement_timeout = '30s';
  set local idle_in_transaction_session_timeout = '30s';
  set local synchronous_commit = on;
  ${LOCK_LOG}`;

/** The head, and whether an erasure is pending: one round trip. */
const WRITER_HEAD = {
  name: 'writer head',
  text: `select head.*, exists (select 1 from erasures where pending) as erasing from (${SELECT_HEAD}) head`,
};

const INSERT_EVENTS = {
  name: 'append events',
  text: `insert into events (position, event_id, user_id, stream_key, version, type, schema_version, occurred_at,
      utc_offset, recorded_at, command_id, correlation_id, causation_id, actor, data, hash, seal)
    select * from unnest($1::bigint[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[],
      $8::bigint[], $9::bigint[], $10::bigint[], $11::bytea[], $12::text[], $13::bytea[], $14::text[], $15::text[],
      $16::bytea[], $17::bytea[])`,
};

const INSERT_STREAMS = {
  name: 'begin streams',
  text: `insert into streams (user_id, stream_id, stream_key)
    select * from unnest($1::text[], $2::text[], $3::bigint[])`,
};

const STREAM_HEADS = {
  name: 'stream heads',
  text: `select s.user_id, s.stream_id, s.stream_key, last.version, last.position
    from streams s join unnest($1::text[], $2::text[]) as k(user_id, stream_id)
      on s.user_id = k.user_id and s.stream_id = k.stream_id
    cross join lateral (
      select e.version, e.position from events e where e.user_id = s.user_id and e.stream_key = s.stream_key
      order by e.version desc limit 1) last`,
};

/** Rows per statement of a bulk load. */
const MAX_ROWS_PER_BULK_LOAD = 2_000;

/**
 * A bulk load goes into tables without readers, so it takes no lock that a command waits for. It does not
 * wait for the disk either: the later commit that makes its rows visible flushes everything before it.
 */
const BEGIN_BULK_LOAD = `begin isolation level read committed read write;
  set local lock_timeout = '5s';
  set local statement_timeout = '30s';
  set local idle_in_transaction_session_timeout = '30s';
  set local synchronous_commit = off`;

/** The log in a PostgreSQL database that any number of service processes share. */
export class PostgresqlEventLog extends EventLog {
  /** The previous transaction: two at once in one process would only wait for each other's lock. */
  private previous: Promise<void> = Promise.resolve();

  constructor(private readonly pool: pg.Pool) {
    super();
  }

  override transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    return this.inTransaction(work);
  }

  override async bulkInsert(rows: ReadonlyMap<Table, readonly object[]>): Promise<void> {
    await translating(() =>
      this.withConnection(async (client) => {
        const loaded = new PostgresqlRows(client);
        await client.query(BEGIN_BULK_LOAD);
        for (const [table, all] of rows) {
          for (let next = 0; next < all.length; next += MAX_ROWS_PER_BULK_LOAD)
            await loaded.insert(table, all.slice(next, next + MAX_ROWS_PER_BULK_LOAD));
        }
        await client.query('commit');
      }),
    );
  }

  override head(): Promise<LogHead> {
    return translating(() => readHead(this.pool));
  }

  override read(query: EventQuery): Promise<StoredEvent[]> {
    return translating(() => readEvents(this.pool, query));
  }

  override async clearTraces(): Promise<boolean> {
    return true;
  }

  override async adoptIdentity(storeId: string): Promise<void> {
    await translating(() => this.pool.query('update store_identity set store_id = $1', [storeId]));
  }

  private inTransaction<T>(work: (transaction: PostgresqlTransaction) => T | Promise<T>): Promise<T> {
    const result = this.previous.then(() => translating(() => this.run(work)));
    this.previous = result.then(nothing, nothing);
    return result;
  }

  private run<T>(work: (transaction: PostgresqlTransaction) => T | Promise<T>): Promise<T> {
    return this.withConnection(async (client) => {
      const [, { rows }] = await Promise.all([
        client.query(BEGIN),
        client.query<HeadRow & { erasing: boolean }>(WRITER_HEAD),
      ]);
      const isErasing = rows[0]?.erasing ?? false;
      const result = await work(new PostgresqlTransaction(client, headOf(rows[0]), isErasing));
      await client.query('commit');
      return result;
    });
  }

  /** Rolls back what the work has begun if it fails. */
  private async withConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => {
        broken = cause;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

class PostgresqlTransaction implements LogTransaction {
  readonly rows: PostgresqlRows;
  readonly shadows: PostgresqlShadows;
  private readonly streams = new Map<string, StreamHead | undefined>();
  private readonly missing = new Map<string, readonly [userId: string, streamId: string]>();

  constructor(
    private readonly client: pg.ClientBase,
    readonly head: LogHead,
    readonly isErasing: boolean,
  ) {
    this.rows = new PostgresqlRows(client);
    this.shadows = new PostgresqlShadows(client);
  }

  stream(userId: string, streamId: string): StreamHead | undefined {
    const id = keyText([userId, streamId]);
    const known = this.streams.get(id);
    if (known === undefined && !this.streams.has(id)) this.missing.set(id, [userId, streamId]);
    return known;
  }

  async loadMissing(): Promise<boolean> {
    const complete = await Promise.all([this.loadMissingStreams(), this.rows.loadMissing()]);
    return complete.every(Boolean);
  }

  read(query: EventQuery): Promise<StoredEvent[]> {
    return readEvents(this.client, query);
  }

  readOfUser(query: UserEventQuery): Promise<UserEvents> {
    return readEventsOfUser(this.client, query);
  }

  async append(events: readonly StoredEvent[]): Promise<void> {
    if (events.length === 0) return;
    const column = <T>(value: (event: StoredEvent) => T): T[] => events.map(value);
    const work: Promise<unknown>[] = [];
    const newStreams = events.filter(({ version }) => version === 1);
    if (newStreams.length > 0) {
      const values = [
        newStreams.map(({ userId }) => userId),
        newStreams.map(({ streamId }) => streamId),
        newStreams.map(({ streamKey }) => streamKey),
      ];
      work.push(this.client.query({ ...INSERT_STREAMS, values }));
    }
    const appending = this.client.query({
      ...INSERT_EVENTS,
      values: [
        column(({ position }) => position),
        column(({ eventId }) => uuidBytes(eventId)),
        column(({ userId }) => userId),
        column(({ streamKey }) => streamKey),
        column(({ version }) => version),
        column(({ type }) => type),
        column(({ schemaVersion }) => schemaVersion),
        column(({ occurredAt }) => occurredAt),
        column(({ utcOffset }) => utcOffset),
        column(({ recordedAt }) => recordedAt),
        column(({ commandId }) => uuidBytes(commandId)),
        // The correlation id of most commands is the command id, which need not be stored twice.
        column(({ correlationId, commandId }) => (correlationId === commandId ? null : correlationId)),
        column(({ causationId }) => causationId && uuidBytes(causationId)),
        column(({ actor }) => actor),
        column(({ data }) => payloadText(data)),
        column(({ hash }) => Buffer.from(hash, 'hex')),
        column(({ seal }) => (seal ? Buffer.from(seal, 'hex') : null)),
      ],
    });
    work.push(appending);
    work.push(this.client.query({ ...NOTIFY, values: [String(events.at(-1)?.position)] }));
    await Promise.all(work);
    for (const { userId, streamId, streamKey, version, position } of events) {
      this.streams.set(keyText([userId, streamId]), { streamKey, version, position });
    }
  }

  save(changes: RowChanges): Promise<void> {
    return this.rows.save(changes);
  }

  clear(table: Table): Promise<void> {
    return this.rows.clear(table);
  }

  eraseEvents(...of: Parameters<LogTransaction['eraseEvents']>): Promise<ErasureStepDone | undefined> {
    return eraseEvents(this.client, ...of);
  }

  eraseRetracted(...of: Parameters<LogTransaction['eraseRetracted']>): Promise<ErasureStepDone | undefined> {
    return eraseRetracted(this.client, ...of);
  }

  eraseReceipts(...of: Parameters<LogTransaction['eraseReceipts']>): Promise<ReceiptStepDone | undefined> {
    return eraseReceipts(this.client, ...of);
  }

  eraseRows(table: Table, userId: string, limit: number): Promise<number> {
    return this.rows.removeSome(table, userId, limit);
  }

  private async loadMissingStreams(): Promise<boolean> {
    if (this.missing.size === 0) return true;
    const keys = [...this.missing.values()];
    const { rows } = await this.client.query<{
      user_id: string;
      stream_id: string;
      stream_key: number;
      version: number;
      position: number;
    }>({
      ...STREAM_HEADS,
      values: [keys.map(([userId]) => userId), keys.map(([, streamId]) => streamId)],
    });
    for (const id of this.missing.keys()) this.streams.set(id, undefined);
    for (const { user_id, stream_id, stream_key, version, position } of rows) {
      this.streams.set(keyText([user_id, stream_id]), { streamKey: stream_key, version, position });
    }
    this.missing.clear();
    return rows.length === 0;
  }
}

const nothing = (): void => undefined;
