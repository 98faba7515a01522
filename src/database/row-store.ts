import type { Key, Table } from './table.js';

/** The rows a fold or a decision may look at. */
export interface RowsView {
  get<Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined;
}

/** The rows a fold may change. Rows are values: a change is a new object. */
export interface Rows extends RowsView {
  put<Row extends object>(table: Table<Row>, row: Row): void;
  remove<Row extends object>(table: Table<Row>, ...key: Key[]): void;
  /** `row = evolve(row | undefined)`; answering the same object changes nothing. */
  evolve<Row extends object>(table: Table<Row>, key: Key[], evolve: (row: Row | undefined) => Row): Row;
}

/** A row as it was and as it shall be; undefined where there is none. */
export interface RowChange {
  readonly key: readonly Key[];
  /** Undefined also where the row was overwritten without being read. */
  readonly before: object | undefined;
  after: object | undefined;
}

/** What a batch changed, by table. */
export type RowChanges = Map<Table, Map<string, RowChange>>;

/** Where rows are kept: a database transaction, or memory. */
export interface RowStore {
  /** The row under the key; `id` is the key's text, for a caller that has it already. */
  load(table: Table, key: readonly Key[], id?: string): object | undefined;
  save(changes: RowChanges): void;
  /** Drops every row of the table. */
  clear(table: Table): void;
}

/** One comparison of a query. */
export type Filter = readonly [
  column: string,
  operator: '=' | '>=' | '<=' | '<' | '>' | 'in',
  value: Key | readonly Key[],
];

/** A page of rows: those that pass every filter, in order, after a place, at most `limit`. */
export interface RowQuery {
  filters: readonly Filter[];
  order: readonly string[];
  descending?: boolean;
  /** The ordered columns of the last row already seen. */
  after?: readonly Key[];
  limit: number;
}

/** The read side: point reads at once, scans wherever they do not hold up others. */
export interface RowReader {
  get<Row extends object>(table: Table<Row>, ...key: Key[]): Promise<Row | undefined>;
  /** The rows under the keys that are there, all of one moment. */
  getAll<Row extends object>(table: Table<Row>, keys: readonly Key[][]): Promise<Row[]>;
  list<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]>;
}
