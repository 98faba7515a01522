import type { RowQuery } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import type { EventQuery, LogHead, ScannedEvent, StoredEvent } from '../../events/log/event-log.js';

/** A place in the log's order by user, then position. */
export interface UserPlace {
  userId: string;
  position: number;
}

/**
 * Reads a whole store in bounded pages, for work that scans all of it: export, backup, verification, rebuild. Never over
 * the connection that commands wait for.
 */
export interface StoreReader {
  head(): Promise<LogHead>;
  /** A page of the log, by position. */
  events(query: EventQuery): Promise<StoredEvent[]>;
  /** A page of the log by user, then position: what folds of one user after another need. */
  eventsByUser(after: UserPlace, limit: number): Promise<ScannedEvent[]>;
  /** In the order by user: whose event it is that stands so many events behind the first one after a user, if any. */
  userBehind(after: string, events: number): Promise<string | undefined>;
  /** A page of rows. */
  rows<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]>;
  /** How many rows the table has. */
  count(table: Table): Promise<number>;
  /** The names of the migrations that have made the schema, oldest first; undefined where there is no table of them. */
  migrations(): Promise<string[] | undefined>;
  /** What the database itself finds damaged in its storage, a line each; empty where it finds nothing. */
  damage(): Promise<string[]>;
  /** The highest position that the database knows to have given, also when its event is gone since. */
  lastPositionGiven(): Promise<number>;
  /** Some ids that more than one event has. */
  doubledEventIds(): Promise<string[]>;
  /** What the table's full-text index holds of the user: for each row's id its terms, in order, between spaces. */
  indexedTerms(table: Table, userId: string): Promise<Map<number, string>>;
  /** Rows in the table's full-text index, of all users. */
  indexedRows(table: Table): Promise<number>;
  /** Runs the work with every read of it seeing one moment; keep it short, for the database must hold on to that moment. */
  snapshot<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
