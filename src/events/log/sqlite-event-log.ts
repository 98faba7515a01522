import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { SqliteRows } from '../../database/sqlite/sqlite-rows.js';
import { SqliteShadows } from '../../database/sqlite/sqlite-shadows.js';
import type { Turn } from '../../database/sqlite/write-turns.js';
import { keyText, type Table } from '../../database/table.js';
import { StoreError, Unavailable } from '../../errors.js';
import type { EventLog, EventQuery, LogHead, LogTransaction, StoredEvent, StreamHead } from './event-log.js';
import { SqliteEventReader } from './sqlite-event-reader.js';
import { uuidBytes } from './uuid-bytes.js';

const INSERT = `insert into events (position, event_id, user_id, stream_key, version, type, schema_version, occurred_at,
  utc_offset, recorded_at, command_id, correlation_id, causation_id, actor, data, hash)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const STREAM = `select stream_key, (select max(version) from events e where e.stream_key = s.stream_key) as version
  from streams s where user_id = ? and stream_id = ?`;

/** About as many rows are worked out before anyone has to wait for them to be inserted. */
const ROWS_PREPARED_AHEAD = 5_000;
/** Other threads that fill give up waiting for a turn after several times as long, in ms. */
const MAX_BULK_LOAD_MS = 20;
/** Rows that a command waits for at most. */
const ROWS_BETWEEN_LOOKS = 10;

/** Stream heads kept in memory. */
const MAX_STREAM_HEADS = 100_000;

/** The log in one SQLite file, written over one connection. */
export class SqliteEventLog implements EventLog {
  private readonly rows: SqliteRows;
  private readonly reader: SqliteEventReader;
  private readonly heads = new LRUCache<string, StreamHead>({ max: MAX_STREAM_HEADS });
  private readonly insert: Database.Statement;
  private readonly insertStream: Database.Statement;
  private readonly selectStream: Database.Statement;
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;
  private readonly shadows: SqliteShadows;
  /** Another number after each commit of any other connection. */
  private readonly dataVersion: Database.Statement;
  private seenVersion: number | undefined;
  /** The transaction before: the one connection can hold only one. */
  private last: Promise<void> = Promise.resolve();

  /** With a turn where other threads write the same file. */
  constructor(
    private readonly db: Database.Database,
    private readonly turn: Turn = NO_TURNS,
  ) {
    this.rows = new SqliteRows(db, true);
    this.reader = new SqliteEventReader(db);
    this.insert = db.prepare(INSERT);
    this.insertStream = db.prepare('insert into streams (user_id, stream_id, stream_key) values (?, ?, ?)');
    this.selectStream = db.prepare(STREAM);
    this.begin = db.prepare('begin immediate');
    this.commit = db.prepare('commit');
    this.rollback = db.prepare('rollback');
    this.shadows = new SqliteShadows(db);
    this.dataVersion = db.prepare('pragma data_version').pluck();
  }

  transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    const turn = this.last.then(() => this.run(work));
    this.last = turn.then(nothing, nothing);
    return turn;
  }

  async fill(rows: ReadonlyMap<Table, readonly object[]>): Promise<void> {
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

  private async insertAll(insertions: readonly (() => void)[]): Promise<void> {
    for (let done = 0; done < insertions.length;)
      done = await this.transaction(() => this.insertSome(insertions, done));
  }

  /** Inserts until all is done, a command waits or others shall have their turn; answers how many are done. */
  private insertSome(insertions: readonly (() => void)[], from: number): number {
    const end = performance.now() + MAX_BULK_LOAD_MS;
    for (let next = from; next < insertions.length; next++) {
      if (
        next > from &&
        next % ROWS_BETWEEN_LOOKS === 0 &&
        (this.turn.commandsWait() || performance.now() > end)
      )
        return next;
      insertions[next]?.();
    }
    return insertions.length;
  }

  private async run<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    this.turn.take();
    try {
      return await this.inTransaction(work);
    } finally {
      this.turn.done();
    }
  }

  private async inTransaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T> {
    attempt(() => this.begin.run());
    this.forgetWhatOthersChanged();
    try {
      const result = await work({
        head: this.reader.head(),
        rows: this.rows,
        stream: (userId, streamId) => this.stream(userId, streamId),
        // Every row was read from the file at once.
        loadMissing: async () => true,
        read: async (query) => this.reader.read(query),
        append: async (events) => this.append(events),
        save: async (changes) => this.rows.save(changes),
        clear: async (table) => this.rows.clear(table),
        shadows: this.shadows,
      });
      attempt(() => this.commit.run());
      return result;
    } catch (error) {
      this.rows.forget();
      this.heads.clear();
      // A failed commit may have rolled back already.
      if (this.db.inTransaction) this.rollback.run();
      throw error;
    }
  }

  /** A rebuild writes over a connection of its own, and what it changed may be in memory here. */
  private forgetWhatOthersChanged(): void {
    const version = this.dataVersion.get() as number;
    if (version === this.seenVersion) return;
    this.seenVersion = version;
    this.rows.forget();
    this.heads.clear();
  }

  private stream(userId: string, streamId: string): StreamHead | undefined {
    const id = keyText([userId, streamId]);
    const known = this.heads.get(id);
    if (known) return known;
    const row = this.selectStream.get(userId, streamId) as
      | { stream_key: number; version: number }
      | undefined;
    if (!row) return undefined;
    const head = { streamKey: row.stream_key, version: row.version };
    this.heads.set(id, head);
    return head;
  }

  private append(events: readonly StoredEvent[]): void {
    if (events.length > 0) this.turn.appended();
    for (const event of events) {
      const { userId, streamId, streamKey, version } = event;
      if (version === 1) this.insertStream.run(userId, streamId, streamKey);
      this.heads.set(keyText([userId, streamId]), { streamKey, version });
      this.insert.run(
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
        // Most commands are their own correlation: no need to keep the id twice.
        event.correlationId === event.commandId ? null : event.correlationId,
        event.causationId === null ? null : uuidBytes(event.causationId),
        event.actor,
        event.data,
        Buffer.from(event.hash, 'hex'),
      );
    }
  }
}

const nothing = (): void => undefined;

const NO_TURNS: Turn = { take: nothing, done: nothing, appended: nothing, commandsWait: () => false };

/** Whatever keeps a transaction from beginning or from being committed may be over when the caller tries again. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    throw error instanceof StoreError ? error : Unavailable.database(error);
  }
}
