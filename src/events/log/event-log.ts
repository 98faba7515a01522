import type { RowChanges, RowStore } from '../../database/row-store.js';
import type { Shadows } from '../../database/shadow.js';
import type { Table } from '../../database/table.js';
import type { EventEnvelope } from '../event.js';
import type { StoredData } from './event-codec.js';

/** An event as the log keeps it: data encoded, chained to the event before it. */
export interface StoredEvent extends EventEnvelope {
  type: string;
  data: StoredData;
  /** Number of its stream: the position of the stream's first event. */
  streamKey: number;
  /** SHA-256 over this event and the hash before it, 64 hex digits. */
  hash: string;
}

/** What a fold needs of a stored event: far cheaper to read than all of it. */
export type ScannedEvent = Omit<
  StoredEvent,
  'eventId' | 'commandId' | 'correlationId' | 'causationId' | 'actor' | 'hash'
>;

/** Where the log ends. */
export interface LogHead {
  /** Position of the last event; 0 when there is none. */
  position: number;
  hash: string;
  /** When the last event was recorded, ms UTC; 0 when there is none. */
  recordedAt: number;
}

/** Where a stream ends. */
export interface StreamHead {
  streamKey: number;
  /** Of its last event. */
  version: number;
}

/** Which events to read: those that pass every condition, by position. */
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
}

/**
 * One open write transaction: what it does becomes durable together, or not at all. Decisions and folds are synchronous,
 * databases may be far away: what is not in memory yet reads as absent, and `settle` fetches all of it at once.
 */
export interface LogTransaction {
  /** Read inside the transaction, so nobody else can append between the head and the commit. */
  readonly head: LogHead;
  readonly rows: Pick<RowStore, 'load'>;
  /** Where the user's stream ends in the log, this transaction's appends not included; undefined without events. */
  stream(userId: string, streamId: string): StreamHead | undefined;
  /** Fetches what was asked for and not in memory; false when something read as absent that is there. */
  loadMissing(): Promise<boolean>;
  /** Reads what is in the log so far, this transaction's own events included. */
  read(query: EventQuery): Promise<StoredEvent[]>;
  append(events: readonly StoredEvent[]): Promise<void>;
  save(changes: RowChanges): Promise<void>;
  /** Drops every row of the table. */
  clear(table: Table): Promise<void>;
  /** Tables beside the live ones, for rows that are made anew. */
  readonly shadows: Shadows;
}

/** Runs the work, again while what it asked for had to be fetched first; only its last run counts. */
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

/** The durable log; one adapter per database, all held to the suite in `test/contract`. */
export abstract class EventLog {
  /**
   * Runs the work in the one open write transaction and resolves once it is on disk; a throw rolls everything back.
   * Transactions of one log run one after another.
   */
  abstract transaction<T>(work: (transaction: LogTransaction) => T | Promise<T>): Promise<T>;
  /**
   * Inserts rows that are not there yet into tables that nobody reads, in as many transactions as it takes: commands wait
   * only for a moment. What was inserted before a failure stays.
   */
  abstract fill(rows: ReadonlyMap<Table, readonly object[]>): Promise<void>;
  abstract head(): Promise<LogHead>;
  abstract read(query: EventQuery): Promise<StoredEvent[]>;
}
