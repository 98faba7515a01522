import type { RowChanges, RowLoader } from '../../database/row-store.js';
import type { Shadows } from '../../database/shadow.js';
import type { Table } from '../../database/table.js';
import type { EventEnvelope } from '../event.js';
import type { StoredData } from './event-codec.js';

/** The retraction that took an event back. */
export interface Retraction {
  /** Id of its event, */
  retractionId: string;
  /** and the position of it. */
  position: number;
}

/** An event as stored in the log: its data is encoded, its hash is chained to the previous event. */
export interface StoredEvent extends EventEnvelope {
  type: string;
  /** Empty once the event is erased. */
  data: StoredData;
  /** Hex digits of the event's salt, or of its data's digest; see `event-seal.ts`. */
  seal?: string | null;
  /** Numeric key of its stream: the position of the stream's first event. */
  streamKey: number;
  /** SHA-256 of this event and the previous hash, 64 hex digits. */
  hash: string;
  /** Only if the query asks for it, and the event was taken back. */
  retraction?: Retraction;
}

/** The part of a stored event that folds need; far cheaper to read than the whole event. */
export type ScannedEvent = Omit<
  StoredEvent,
  'eventId' | 'commandId' | 'correlationId' | 'causationId' | 'actor' | 'seal' | 'hash'
>;

/**
 * Selects a page of one user's events, in order of position. Those that are taken back as of `upTo` are
 * marked.
 */
export interface UserEventQuery {
  userId: string;
  /** Only events after this position, */
  after: number;
  /** and up to this one. */
  upTo: number;
  types: readonly string[];
  limit: number;
}

/** A page of one user's events, and whether there may be more. */
export interface UserEvents {
  events: ScannedEvent[];
  more: boolean;
}

/** What happened to a user, and when: an event without its content. */
export type UserChange = Pick<StoredEvent, 'position' | 'recordedAt' | 'type'>;

/** The head of the log. */
export interface LogHead {
  /** Position of the last event; 0 when the log is empty. */
  position: number;
  /** Hash of the last event, 64 hex digits; GENESIS when the log is empty. */
  hash: string;
  /** When the last event was recorded, ms UTC; 0 when the log is empty. */
  recordedAt: number;
}

/** The head of a stream. */
export interface StreamHead {
  streamKey: number;
  /** Version of the stream's last event, */
  version: number;
  /** and its position. */
  position: number;
}

/**
 * Size at which a page of events ends, whatever its limit, in bytes of their data: an event may be as large
 * as a turn. So only an empty page is the end.
 */
export const MAX_READ_BYTES = 2 * 1024 * 1024;

/** Selects a page of the log: events that meet every condition, in order of position, rising by default. */
export interface EventQuery {
  /** Only events after this position. */
  after: number;
  /** Only events up to this position. */
  upTo?: number | undefined;
  limit: number;
  types?: readonly string[] | undefined;
  userId?: string | undefined;
  streamId?: string | undefined;
  /** Only events that occurred at or after this time, ms UTC. */
  from?: number | undefined;
  /** Only events that occurred before this time, ms UTC. */
  to?: number | undefined;
  /** Only the events at these positions. */
  positions?: readonly number[] | undefined;
  /** In falling order of position: the page is the newest events up to `upTo`. */
  newestFirst?: boolean | undefined;
  /** Marks the events that are taken back as of this position. */
  retractedAsOf?: number | undefined;
}

/** The events of a page that ended at its limit or when it was large. */
export interface EventBatch {
  events: StoredEvent[];
  /** The page ended because it was large: more events may match. */
  cut: boolean;
}

/** The erasure of a user at the position of the event that says so: it covers the user's events before. */
export interface Erasure {
  userId: string;
  position: number;
}

/** A part of what an erasure goes through. */
export interface ErasureStep {
  /** Where the step before has ended; 0 for the first. */
  after: number;
  /** Most that the step goes through. */
  limit: number;
}

/** What a step of an erasure did. */
export interface ErasureStepDone {
  /** Where it ended. */
  upTo: number;
  /** How many events it erased, */
  erased: number;
  /** and how many bytes of data. */
  bytes: number;
}

/** Up to which positions, exclusive, stored answers go, by user. */
export type ReceiptBounds = ReadonlyMap<string, number>;

/** What a step that removes stored answers did. */
export interface ReceiptStepDone {
  /** Where it ended. */
  upTo: number;
  /** How many it removed, by user. */
  erased: ReadonlyMap<string, number>;
}

/**
 * One open write transaction: its changes become durable together or not at all. Decisions and folds are
 * synchronous, but the database may be remote: a row that is not in memory reads as absent and is recorded as
 * missing, and `loadMissing` fetches all missing rows in one round trip.
 */
export interface LogTransaction {
  /** The head as read inside the transaction: nothing else can append before the commit. */
  readonly head: LogHead;
  /** Whether any erasure was pending when the transaction began: rows of that user are still there. */
  readonly isErasing: boolean;
  readonly rows: RowLoader;
  /** The stream's head before this transaction appends; undefined when the stream has no events. */
  stream(userId: string, streamId: string): StreamHead | undefined;
  /** Fetches the missing rows and stream heads; returns false when any of them does exist. */
  loadMissing(): Promise<boolean>;
  /** Reads a page of the log, including the events that this transaction has appended. */
  read(query: EventQuery): Promise<StoredEvent[]>;
  /** Reads a page of one user's events for folds, likewise. */
  readOfUser(query: UserEventQuery): Promise<UserEvents>;
  append(events: readonly StoredEvent[]): Promise<void>;
  save(changes: RowChanges): Promise<void>;
  /** Deletes every row of the table. */
  clear(table: Table): Promise<void>;
  /** Erases the data of the user's next events; returns undefined when nothing was left. */
  eraseEvents(erasure: Erasure, step: ErasureStep): Promise<ErasureStepDone | undefined>;
  /** Erases the data of the next events that a retraction which erases names; likewise. */
  eraseRetracted(retraction: Erasure, step: ErasureStep): Promise<ErasureStepDone | undefined>;
  /** Removes the receipts of these users among the next ones; returns undefined when nothing was left. */
  eraseReceipts(bounds: ReceiptBounds, step: ErasureStep): Promise<ReceiptStepDone | undefined>;
  /** Removes rows of the user, and their full-text entries: at most `limit`. Returns how many. */
  eraseRows(table: Table, userId: string, limit: number): Promise<number>;
  /** Shadow tables beside the live ones, for rebuilds. */
  readonly shadows: Shadows;
}

/** Runs the work until every row that it reads is in memory, and returns or throws what its last run did. */
export async function untilLoaded<T>(transaction: LogTransaction, work: () => T): Promise<T> {
  for (;;) {
    let result: { value: T } | { error: unknown };
    try {
      result = { value: work() };
    } catch (error) {
      result = { error };
    }
    if (!(await transaction.loadMissing())) continue;
    if ('error' in result) throw result.error;
    return result.value;
  }
}

/** The durable log. There is one adapter per database; all pass the suite in `test/contract`. */
export abstract class EventLog {
  /**
   * Runs the work in a write transaction and resolves once it is on disk; a throw rolls everything back. The
   * transactions of one log run one after another.
   */
  abstract transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T>;
  /**
   * Inserts new rows into tables that have no readers yet, so that commands wait only briefly or not at all;
   * some of the rows may stay after a failure.
   */
  abstract bulkInsert(rows: ReadonlyMap<Table, readonly object[]>): Promise<void>;
  abstract head(): Promise<LogHead>;
  /** Reads a page of the log. */
  abstract read(query: EventQuery): Promise<StoredEvent[]>;
  /**
   * Removes what is left of removed rows: from the full-text indexes of these tables and from the write-ahead
   * log. Returns false if a reader still needs that; PostgreSQL leaves it to a vacuum.
   */
  abstract clearTraces(tables: readonly Table[]): Promise<boolean>;
  /**
   * Gives a log without events the identity of the store that is restored into it; refused by any other log.
   */
  abstract adoptIdentity(storeId: string): Promise<void>;
}
