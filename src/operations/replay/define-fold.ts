import type { StoreEvent, StoreEventOf } from '../../events/event-catalog.js';

// What `edgesoul-store/replay` exports: all that an analyst's fold file needs.

export type { StoreEvent, StoreEventOf };

/** The types of columns: a `timestamp` is ms since 1970 UTC or an ISO 8601 text. */
export type ColumnType = 'text' | 'integer' | 'real' | 'boolean' | 'timestamp' | 'json';

/**
 * A keyed fold over the log. `key` and `fold` must be synchronous and depend on nothing but what they are
 * given: the same log then yields the same rows, also when the work was interrupted and resumed.
 */
export interface FoldDefinition<Row extends object = object> {
  readonly name: string;
  /** The row that an event changes, by its key; a list for several rows, undefined for none. */
  key(event: StoreEvent): string | readonly string[] | undefined;
  /** Returns the row after the event; `row` is undefined before its first one, undefined removes it. */
  fold(row: Row | undefined, event: StoreEvent, key: string): Row | undefined;
  /**
   * The columns beside `key`, in order; each may be null. When left out, they are the fields of the rows,
   * with types that fit all values.
   */
  readonly columns?: Readonly<Record<string, ColumnType>>;
}

/** Declares a fold, for its types. */
export function defineFold<Row extends object>(fold: FoldDefinition<Row>): FoldDefinition<Row> {
  return fold;
}
