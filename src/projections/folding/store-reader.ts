import type { RowQuery } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import type {
  EventQuery,
  LogHead,
  ScannedEvent,
  StoredEvent,
  UserChange,
  UserEventQuery,
  UserEvents,
} from '../../events/log/event-log.js';

/** A place in the log's order by user, then position. */
export interface UserPlace {
  userId: string;
  position: number;
}

/**
 * Reads a whole store in bounded pages, for export, backup, verification and rebuild. It never uses the
 * connection that commands wait for.
 */
export interface StoreReader {
  head(): Promise<LogHead>;
  /** The UUID that names the store. */
  storeId(): Promise<string>;
  /** A page of the log, by position. Like each page of events, it ends early when it is large. */
  events(query: EventQuery): Promise<StoredEvent[]>;
  /**
   * A page of the log in the order of user id, then position; `foldStore` needs this order. Events that are
   * taken back as of a position, now by default, are marked.
   */
  eventsByUser(after: UserPlace, limit: number, asOf?: number): Promise<ScannedEvent[]>;
  /** A page of one user's events, by position. */
  eventsOfUser(query: UserEventQuery): Promise<UserEvents>;
  /** A page of what happened to one user, by position. */
  changesOfUser(query: Omit<UserEventQuery, 'types'>): Promise<UserChange[]>;
  /**
   * Takes the events of all users after `after`, in the order of `eventsByUser`, and returns the user of the
   * one at offset `events`; undefined if there are fewer.
   */
  userAtOffset(after: string, events: number): Promise<string | undefined>;
  /** A page of rows. */
  rows<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]>;
  /** How many rows the table has. */
  count(table: Table): Promise<number>;
  /** The names of the executed migrations, oldest first; undefined if there is no migration table. */
  migrations(): Promise<string[] | undefined>;
  /** The damage that the database's own check of its storage finds, one line each; empty if there is none. */
  storageDamage(): Promise<string[]>;
  /** The highest position that the database is known to have assigned, even if its event is gone. */
  lastAssignedPosition(): Promise<number>;
  /** Up to 10 ids that more than one event has. */
  duplicateEventIds(): Promise<string[]>;
  /**
   * The user's entries in the table's full-text index: each row's id and its terms, each once, in any
   * order.
   */
  indexedTerms(table: Table, userId: string): Promise<Map<number, string[]>>;
  /** The number of rows in the table's full-text index, of all users. */
  indexedRows(table: Table): Promise<number>;
  /**
   * Runs the work with all its reads in one snapshot. Keep it short: the database must retain the snapshot
   * until it ends.
   */
  snapshot<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
