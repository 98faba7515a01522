import { keyOf, keyText, type Key, type Table } from './table.js';

/** The rows that a fold or a decision may read. */
export interface RowsView {
  get<Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined;
}

/** The rows that a fold may change. Rows are immutable: a change is a new object. */
export interface Rows extends RowsView {
  put<Row extends object>(table: Table<Row>, row: Row): void;
  remove<Row extends object>(table: Table<Row>, ...key: Key[]): void;
  /** Removes every row of the user. */
  removeUser(table: Table, userId: string): void;
  /** `row = evolve(row | undefined)`; returning the same object changes nothing. */
  evolve<Row extends object>(table: Table<Row>, key: Key[], evolve: (row: Row | undefined) => Row): void;
}

/** A row before and after a change; undefined where it does not exist. */
export interface RowChange {
  readonly key: readonly Key[];
  /** Also undefined when the row was overwritten without being read. */
  readonly before: object | undefined;
  after: object | undefined;
}

/** The part of a row store that a batch reads. */
export type RowLoader = Pick<RowStore, 'load' | 'loadUser'>;

/** The changes of a batch, by table, then by the text of the row's key. */
export type RowChanges = Map<Table, Map<string, RowChange>>;

/** Returns the changes that remove the rows of a table. */
export function removalsOf(table: Table, rows: readonly object[]): Map<string, RowChange> {
  const removals = rows.map((before) => ({ key: keyOf(table, before), before, after: undefined }));
  return new Map(removals.map((change) => [keyText(change.key), change]));
}

/** Where rows are kept: a database transaction, or memory. */
export interface RowStore {
  /** Returns the row with the key; `id` is the text of the key, if the caller has it already. */
  load(table: Table, key: readonly Key[], id?: string): object | undefined;
  /** Returns every row of the user, in no particular order. */
  loadUser(table: Table, userId: string): readonly object[];
  save(changes: RowChanges): void;
  /** Deletes every row of the table. */
  clear(table: Table): void;
}

/**
 * One comparison of a query; only those with `is null` are met by a null. A user who was erased may have rows
 * for a while: whoever lists the rows of several users leaves them out with `is not being erased`.
 */
export type Filter =
  | readonly [
      column: string,
      operator: '=' | '>=' | '<=' | '<' | '>' | 'in' | 'is null or >',
      value: Key | readonly Key[],
    ]
  | readonly [column: string, operator: 'is null']
  | readonly [column: 'userId', operator: 'is not being erased'];

/** Leaves out the rows of users whose erasure is pending. */
export const NOT_BEING_ERASED: Filter = ['userId', 'is not being erased'];

/** A page of rows: at most `limit` of those that pass every filter, in order, after the given row. */
export interface RowQuery {
  filters: readonly Filter[];
  order: readonly string[];
  descending?: boolean;
  /** The values of the `order` columns in the last row of the previous page. */
  after?: readonly Key[];
  limit: number;
}

/** The read side. Point reads run at once; scans run where they do not delay other work. */
export interface RowReader {
  get<Row extends object>(table: Table<Row>, ...key: Key[]): Promise<Row | undefined>;
  /** Returns the rows that exist among the keys, all from one snapshot. */
  getAll<Row extends object>(table: Table<Row>, keys: readonly Key[][]): Promise<Row[]>;
  list<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]>;
}
