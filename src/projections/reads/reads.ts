import type { RowReader } from '../../database/row-store.js';
import type { Table } from '../../database/table.js';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import type { MemoryHit, MemoryQuestion } from './memory-search.js';
import type { Positions } from './positions.js';
import { ProjectionGate } from './projection-gate.js';

/** How much room the store takes, in bytes. */
export interface StoreSize {
  /** Tables and indexes; on SQLite with what still stands in the write-ahead log only. */
  databaseBytes: number;
  /** Of SQLite's write-ahead log; null where the database has none of its own. */
  walBytes: number | null;
  /** Free where the SQLite file is; null where the database is elsewhere. */
  freeBytes: number | null;
}

/** Everything a query may ask of the database. Point reads answer at once; whatever scans runs beside the main thread. */
export abstract class Reads implements RowReader {
  /** Projections whose rows nobody may read now. */
  readonly gate = new ProjectionGate();
  abstract get: RowReader['get'];
  abstract getAll: RowReader['getAll'];
  abstract list: RowReader['list'];
  abstract searchMemories(question: MemoryQuestion): Promise<MemoryHit[]>;
  /** A page of the log as text in the format that was asked for. */
  abstract eventPage(query: PageQuery): Promise<EventPage>;
  /** Position of the log's last event. */
  abstract headPosition(): Promise<number>;
  /** Cheap enough to be asked all the time. */
  abstract positions(): Promise<Positions>;
  /** Cheap enough to be asked all the time. */
  abstract size(): Promise<StoreSize>;
  /** How many rows the projection's table has: a scan. */
  abstract countRows(table: Table): Promise<number>;
  /** How many events of each type stand after one position, up to and with another: a scan. */
  abstract countEvents(after: number, upTo: number): Promise<Record<string, number>>;
}
