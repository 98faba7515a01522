import type Database from 'better-sqlite3';
import { boundedCache } from '../../database/bounded-cache.js';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import { SqliteShadows } from '../../database/sqlite/sqlite-shadows.js';
import type { WriteLock } from '../../database/sqlite/write-turns.js';
import { keyText, type Table } from '../../database/table.js';
import { StoreError, Unavailable } from '../../errors.js';
import {
  emptyWriteAheadLog,
  eraseEvents,
  eraseReceipts,
  eraseRetracted,
  mergeIndex,
} from './erasure/sqlite-erasure.js';
import type { EventLog, EventQuery, LogHead, LogTransaction, StoredEvent, StreamHead } from './event-log.js';
import { SqliteEventReader } from './sqlite-event-reader.js';
import { uuidBytes } from './uuid-bytes.js';

const INSERT_EVENT = `insert into events (position, event_id, user_id, stream_key, version, type, schema_version, occurred_at,
  utc_offset, recorded_at, command_id, correlation_id, causation_id, actor, data, hash, seal)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const STREAM_HEAD = `select s.stream_key as streamKey, e.version, e.position
  from streams s join events e on e.stream_key = s.stream_key
  where s.user_id = ? and s.stream_id = ? order by e.version desc limit 1`;

const IS_ERASING = 'select exists (select 1 from erasures where pending = 1)';

/** Rows of a bulk load that are prepared before the next insert transaction (approximate). */
const ROWS_PREPARED_AHEAD = 5_000;
/** Longest bulk-load transaction, ms; well below the 100 ms for which WriteTurns lets a thread wait. */
const MAX_BULK_LOAD_MS = 20;
/** Rows inserted between two checks for waiting commands; a command waits for at most this many. */
const ROWS_BETWEEN_CHECKS = 10;

/** Stream heads cached in memory. */
const MAX_STREAM_HEADS = 100_000;

/** The log in one SQLite file, written over one connection. */
export class SqliteEventLog implements EventLog {
  private readonly rows: SqliteRows;
  private readonly reader: SqliteEventReader;
  private readonly heads = boundedCache<StreamHead>(MAX_STREAM_HEADS);
  private readonly insertEvent: Database.Statement;
  private readonly insertStream: Database.Statement;
  private readonly selectStream: Database.Statement;
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;
  private readonly isErasing: Database.Statement;
  private readonly shadows: SqliteShadows;
  /** Changes whenever another connection commits. */
  private readonly dataVersion: Database.Statement;
  private seenDataVersion: number | undefined;
  /** The previous transaction: a connection can have only one open. */
  private previous: Promise<void> = Promise.resolve();

  /** Takes a write lock when other threads write to the same file. */
  constructor(
    private readonly db: Database.Database,
    private readonly writeLock: WriteLock = NO_LOCK,
  ) {
    this.rows = new SqliteRows(db, { cached: true });
    this.reader = new SqliteEventReader(db);
    this.insertEvent = db.prepare(INSERT_EVENT);
    this.insertStream = db.prepare('insert into streams (user_id, stream_id, stream_key) values (?, ?, ?)');
    this.selectStream = db.prepare(STREAM_HEAD);
    this.begin = db.prepare('begin immediate');
    this.commit = db.prepare('commit');
    this.rollback = db.prepare('rollback');
    this.isErasing = db.prepare(IS_ERASING).pluck();
    this.shadows = new SqliteShadows(db);
    this.dataVersion = db.prepare('pragma data_version').pluck();
  }

  transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    const result = this.previous.then(() => this.run(work));
    this.previous = result.then(nothing, nothing);
    return result;
  }

  async bulkInsert(rows: ReadonlyMap<Table, readonly object[]>): Promise<void> {
    let insertions: (() => void)[] = [];
    for (const [table, all] of rows) {
      for (let next = 0; next < all.length; next += ROWS_PREPARED_AHEAD) {
        insertions.push(...this.rows.insertions(table, all.slice(next, next + ROWS_PREPARED_AHEAD)));
        if (insertions.length < ROWS_PREPARED_AHEAD) continue;
        await this.insertAll(insertions);
        insertions = [];
      }
    }
    await this.insertAll(insertions);
  }

  async head(): Promise<LogHead> {
    return this.reader.head();
  }

  async read(query: EventQuery): Promise<StoredEvent[]> {
    return this.reader.read(query);
  }

  async clearTraces(tables: readonly Table[]): Promise<boolean> {
    for (const { name } of tables) while (await this.transaction(() => mergeIndex(this.db, `${name}_fts`)));
    this.writeLock.acquire();
    try {
      return emptyWriteAheadLog(this.db);
    } finally {
      this.writeLock.release();
    }
  }

  async adoptIdentity(storeId: string): Promise<void> {
    this.db.prepare('update store_identity set store_id = ?').run(storeId);
  }

  private async insertAll(insertions: readonly (() => void)[]): Promise<void> {
    for (let done = 0; done < insertions.length;)
      done = await this.transaction(() => this.insertSome(insertions, done));
  }

  /** Inserts until all is done, a command waits or the time is up; returns the index of the next row. */
  private insertSome(insertions: readonly (() => void)[], from: number): number {
    const end = performance.now() + MAX_BULK_LOAD_MS;
    for (let next = from; next < insertions.length; next++) {
      if (
        next > from &&
        next % ROWS_BETWEEN_CHECKS === 0 &&
        (this.writeLock.commandsWait() || performance.now() > end)
      )
        return next;
      insertions[next]?.();
    }
    return insertions.length;
  }

  private async run<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    this.writeLock.acquire();
    try {
      return await this.inTransaction(work);
    } finally {
      this.writeLock.release();
    }
  }

  private async inTransaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    attempt(() => this.begin.run());
    this.dropStaleCaches();
    try {
      const result = await work({
        head: this.reader.head(),
        isErasing: this.isErasing.get() === 1,
        rows: this.rows,
        stream: (userId, streamId) => this.stream(userId, streamId),
        // SQLite reads every row at once, so none is ever missing.
        loadMissing: async () => true,
        read: async (query) => this.reader.read(query),
        readOfUser: async (query) => this.reader.readOfUser(query),
        append: async (events) => this.append(events),
        save: async (changes) => this.rows.save(changes),
        clear: async (table) => this.rows.clear(table),
        eraseEvents: async (erasure, step) => eraseEvents(this.db, erasure, step),
        eraseRetracted: async (retraction, step) => eraseRetracted(this.db, retraction, step),
        eraseReceipts: async (bounds, step) => eraseReceipts(this.db, bounds, step),
        eraseRows: async (table, userId, limit) => this.rows.removeSome(table, userId, limit),
        shadows: this.shadows,
      });
      attempt(() => this.commit.run());
      return result;
    } catch (error) {
      this.rows.dropCaches();
      this.heads.clear();
      // A failed commit may have rolled back already.
      if (this.db.inTransaction) this.rollback.run();
      throw error;
    }
  }

  /** A rebuild writes over its own connection, so rows that it changed may be cached here. */
  private dropStaleCaches(): void {
    const version = this.dataVersion.get() as number;
    if (version === this.seenDataVersion) return;
    this.seenDataVersion = version;
    this.rows.dropCaches();
    this.heads.clear();
  }

  private stream(userId: string, streamId: string): StreamHead | undefined {
    const id = keyText([userId, streamId]);
    const known = this.heads.get(id);
    if (known) return known;
    const head = this.selectStream.get(userId, streamId) as StreamHead | undefined;
    if (head) this.heads.set(id, head);
    return head;
  }

  private append(events: readonly StoredEvent[]): void {
    if (events.length > 0) this.writeLock.recordAppend();
    for (const event of events) {
      const { userId, streamId, streamKey, version, position } = event;
      if (version === 1) this.insertStream.run(userId, streamId, streamKey);
      this.heads.set(keyText([userId, streamId]), { streamKey, version, position });
      this.insertEvent.run(
        event.position,
        uuidBytes(event.eventId),
        event.userId,
        event.streamKey,
        event.version,
        event.type,
        event.schemaVersion,
        event.occurredAt,
        event.utcOffset,
        event.recordedAt,
        uuidBytes(event.commandId),
        // The correlation id of most commands is the command id, which need not be stored twice.
        event.correlationId === event.commandId ? null : event.correlationId,
        event.causationId === null ? null : uuidBytes(event.causationId),
        event.actor,
        event.data,
        Buffer.from(event.hash, 'hex'),
        event.seal ? Buffer.from(event.seal, 'hex') : null,
      );
    }
  }
}

const nothing = (): void => undefined;

const NO_LOCK: WriteLock = {
  acquire: nothing,
  release: nothing,
  recordAppend: nothing,
  commandsWait: () => false,
};

/** Turns a failure to begin or commit into Unavailable: a retry may succeed. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    throw error instanceof StoreError ? error : Unavailable.database(error);
  }
}
