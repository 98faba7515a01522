import type { Rows } from '../database/row-store.js';
import type { Table } from '../database/table.js';
import type { FoldEventOf, StoreEvent } from '../events/event-catalog.js';

/** By event type: how an event changes the rows. Folds are pure: no clock, no I/O, no other projection. */
export type Folds = { readonly [T in StoreEvent['type']]?: (event: FoldEventOf<T>, rows: Rows) => void };

/** A keyed fold over the log. Live writes, rebuild and verification use the same definition. */
export interface Projection {
  readonly name: string;
  /** Raised when the meaning of folds or tables changes; rows of an older version are rebuilt. */
  readonly version: number;
  /** Every row has a `userId`, so that one user can be folded again on its own. */
  readonly tables: readonly Table[];
  readonly folds: Folds;
}

/** Declares a projection. */
export function defineProjection(projection: Projection): Projection {
  return projection;
}

/** Returns the last `count` items in the order of `compare`; equal items keep their order. */
export function lastOf<T>(items: readonly T[], count: number, compare: (a: T, b: T) => number): T[] {
  // Items usually arrive in order.
  const sorted = items.every((item, i) => i === 0 || compare(items[i - 1] as T, item) <= 0);
  return (sorted ? items : items.toSorted(compare)).slice(-count);
}
