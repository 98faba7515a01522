import type { RowReader } from '../database/row-store.js';
import type { EventPage, PageQuery } from '../events/event-page.js';
import { ProjectionGate } from './projection-gate.js';
import type { MemoryHit, MemoryQuestion } from './memory-search.js';

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
}
