import type { Rows, RowsView } from '../../database/row-store.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import type { LogHead, LogTransaction } from '../../events/log/event-log.js';

/** What the writer folds each event into, in the event's own transaction. The projections implement it. */
export interface EventFolds {
  /** The folds of a batch that begins where the log ends now. */
  from(head: LogHead, rows: Rows): BatchFolds;
  /** Folds the few events that another release's process has appended without folding them; answers whether it did. */
  catchUpInline(transaction: LogTransaction): Promise<boolean>;
}

/** The folds of one batch. */
export interface BatchFolds {
  /** Whether something has not folded all of the log, though its folds are those of the present version. */
  readonly isBehind: boolean;
  /** Throws ProjectionFailed when a fold does. */
  fold(event: StoreEvent, rows: Rows): void;
  /** Notes that everything up to the position is folded. */
  checkpoint(position: number, rows: Rows): void;
  /** What decisions may look at: throws Unavailable where rows are being rebuilt. */
  visible(rows: RowsView): RowsView;
}
