import type { Rows } from '../../database/row-store.js';
import type { StoreEvent } from '../event-catalog.js';

/** What the writer folds each event into, in the event's own transaction. The projections implement it. */
export interface EventFolds {
  /** Throws ProjectionFailed when a fold does. */
  fold(event: StoreEvent, rows: Rows): void;
  /** Notes that everything up to the position is folded. */
  checkpoint(position: number, rows: Rows): void;
}

/** For a log that nothing is folded from. */
export const noFolds: EventFolds = { fold: () => undefined, checkpoint: () => undefined };
