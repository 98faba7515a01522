import type { RowReader } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { MemoryQuestion } from './memory-search.js';
import type { Positions } from './positions.js';
import { ProjectionGate } from './projection-gate.js';
import type { MemoryMatches } from './search.js';

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
}

/** All reads that queries use. On SQLite, point reads run on the main thread and scans in worker threads. */
export abstract class Reads implements RowReader {
  /** Knows the projections whose rows cannot be read now. */
  readonly gate = new ProjectionGate();
  abstract get: RowReader['get'];
  abstract getAll: RowReader['getAll'];
  abstract list: RowReader['list'];
  abstract searchMemories(question: MemoryQuestion): Promise<MemoryMatches>;
  /** Reads a page of the log, as text in the requested format. */
  abstract eventPage(query: PageQuery): Promise<EventPage>;
  /** Reads which store this is and where its log ends: always from the database, never from memory. */
  abstract storeHead(): Promise<StoreHead>;
  /** Reads the positions of the log and its projections; cheap enough to poll. */
  abstract positions(): Promise<Positions>;
  /** Reads the size of the store; cheap enough to poll. */
  abstract size(): Promise<StoreSize>;
  /** Counts the rows of a projection's table: a scan. */
  abstract countRows(table: Table): Promise<number>;
  /** Counts the events by type, from after position `after` up to and including `upTo`: a scan. */
  abstract countEvents(after: number, upTo: number): Promise<Record<string, number>>;
}
