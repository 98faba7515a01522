import type { Rows } from '../database/row-store.js';
import type { Table } from '../database/table.js';
import type { FoldEventOf, StoreEvent } from '../events/event-catalog.js';

/** For each event type it cares about: how the event changes rows. Pure: no clock, no I/O, no other projection. */
export type Folds = { readonly [T in StoreEvent['type']]?: (event: FoldEventOf<T>, rows: Rows) => void };

/** A keyed fold over the log: the same definition serves live writes, rebuild, verification and past states. */
export interface Projection {
  readonly name: string;
  /** Grows when the folds or tables change their meaning; tables of an older version are folded anew. */
  readonly version: number;
  /** Every row has a `userId`, so that one user can be folded again alone. */
  readonly tables: readonly Table[];
  readonly folds: Folds;
}

/** Declares a projection. */
export function defineProjection(projection: Projection): Projection {
  return projection;
}

/** The `count` items that come last in the given order; `newer` answers a number above 0 when a comes after b. */
export function lastOf<T>(items: readonly T[], count: number, newer: (a: T, b: T) => number): T[] {
  // Most come in order.
  const sorted = items.every((item, i) => i === 0 || newer(items[i - 1] as T, item) <= 0);
  return (sorted ? items : items.toSorted(newer)).slice(-count);
}
