import type { RowReader } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { LogHead } from '../../events/log/event-log.js';
import type { LastPositions, LogPoint } from '../../events/log/log-point.js';
import type { Positions } from './positions.js';
import { ProjectionGate } from './projection-gate.js';
import type { MemoryQuestion } from './search/memory-search.js';
import type { MemoryMatches } from './search/search.js';

/** The size of the store, in bytes. */
export interface StoreSize {
  /** Tables and indexes; on SQLite including pages that are so far only in the write-ahead log. */
  databaseBytes: number;
  /** Size of SQLite's write-ahead log; null on PostgreSQL. */
  walBytes: number | null;
  /** Free space on the disk of the SQLite file; null on PostgreSQL. */
  freeBytes: number | null;
}

/** Which store this is, and where its log ends. */
export interface StoreHead {
  /** The UUID that names the store. */
  storeId: string;
  /** Position of the log's last event; 0 when the log is empty. */
  head: number;
  /** When that event was recorded, ms UTC; 0 when the log is empty. */
  recordedAt: number;
}

/** The reads of one user's rows: the present ones, or those of a past position. */
export interface UserRows extends RowReader {
  searchMemories(question: MemoryQuestion): Promise<MemoryMatches>;
}

/** What the questions about one user read: rows, and which store and position they are of. */
export abstract class UserReads implements UserRows {
  /** The position that is asked about; undefined for the present. */
  get asOf(): number | undefined {
    return undefined;
  }

  abstract get: RowReader['get'];
  abstract getAll: RowReader['getAll'];
  abstract list: RowReader['list'];
  abstract searchMemories(question: MemoryQuestion): Promise<MemoryMatches>;
  /** Which store this is, and the position up to which the answer shall hold. */
  abstract storeHead(): Promise<StoreHead>;
}

/** All reads that queries use. On SQLite, point reads run on the main thread and scans in worker threads. */
export abstract class Reads extends UserReads {
  /** Knows the projections whose rows cannot be read now. */
  readonly gate = new ProjectionGate();
  /** Reads a page of the log, as text in the requested format. */
  abstract eventPage(query: PageQuery, options?: { patient?: boolean }): Promise<EventPage>;
  /**
   * Reads the UUID that names the store: always from the database, because a reset by another process gives
   * the store another one.
   */
  abstract storeId(): Promise<string>;
  /** Reads which store this is and where its log ends: always from the database, never from memory. */
  abstract override storeHead(): Promise<StoreHead>;
  /** Reads the end of the log and its hash. */
  abstract logHead(): Promise<LogHead>;
  /** Reads the hash of the event at a position; undefined if there is no event. */
  abstract hashAt(position: number): Promise<string | undefined>;
  /** Reads where the log and the user's part of it end, in one snapshot; cheap enough for every answer. */
  abstract lastPositions(userId: string): Promise<LastPositions>;
  /** Finds the last event recorded at or before the time, ms UTC: by its position, in some 30 point reads. */
  abstract positionAt(time: number): Promise<LogPoint>;
  /** Reads when the event at the position was recorded, ms UTC; undefined if there is none. */
  abstract recordedAt(position: number): Promise<number | undefined>;
  /** Reads the positions of the log and its projections; cheap enough to poll. */
  abstract positions(): Promise<Positions>;
  /** Reads the size of the store; cheap enough to poll. */
  abstract size(): Promise<StoreSize>;
  /** Counts the rows of a projection's table: a scan. */
  abstract countRows(table: Table): Promise<number>;
  /** Counts the events by type, from after position `after` up to and including `upTo`: a scan. */
  abstract countEvents(after: number, upTo: number): Promise<Record<string, number>>;
}
