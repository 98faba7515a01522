import type { Rows, RowsView } from '../../database/row-store.js';
import type { StoreEvent } from '../../events/event-catalog.js';
import type { LogHead, LogTransaction } from '../../events/log/event-log.js';
import type { Refolded } from './refolded-rows.js';

/** Folds each event in the transaction that appends it. The projections implement it for the writer. */
export interface EventFolds {
  /** Returns the folds of a batch that starts at this head. */
  forBatch(head: LogHead, rows: Rows): BatchFolds;
  /**
   * Folds the few events that a process of another release appended without folding them. Returns whether
   * anything was folded.
   */
  catchUpInline(transaction: LogTransaction): Promise<boolean>;
}

/** The folds of one batch. */
export interface BatchFolds {
  /** Whether a projection lags behind the head although its version is the declared one. */
  readonly isBehind: boolean;
  /** Folds the event into all live projections. Throws PoisonEvent if a fold throws. */
  fold(event: StoreEvent, rows: Rows): void;
  /** Puts rows that were folded again in the place of those of the live projections. Throws Refused. */
  replace(refolded: Refolded, rows: Rows): void;
  /** Moves the checkpoints to the position: everything up to it is folded. */
  checkpoint(position: number, rows: Rows): void;
  /** The rows that a decision may read. Reading rows of a projection that is not live throws Unavailable. */
  visibleRows(rows: RowsView): RowsView;
}
