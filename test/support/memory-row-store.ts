import { meetsFilters } from '../../src/database/meets-filters.js';
import type { RowChanges, RowQuery, RowReader, RowStore } from '../../src/database/row-store.js';
import { compareKeys, keyText, type Key, type Table } from '../../src/database/table.js';

type Values = Record<string, Key | null>;

/** Rows in memory, for folds without a database. */
export class MemoryRowStore implements RowStore, RowReader {
  private readonly tables = new Map<string, Map<string, object>>();

  load(table: Table, key: readonly Key[]): object | undefined {
    return this.rowsOf(table).get(keyText(key));
  }

  loadUser(table: Table, userId: string): object[] {
    return this.all(table).filter((row) => (row as Values)[table.key[0] as string] === userId);
  }

  save(changes: RowChanges): void {
    for (const [table, changed] of changes) {
      const rows = this.rowsOf(table);
      for (const [id, { after }] of changed) {
        if (after) rows.set(id, after);
        else rows.delete(id);
      }
    }
  }

  clear(table: Table): void {
    this.rowsOf(table).clear();
  }

  /** Every row of the table, in no particular order. */
  all<Row extends object>(table: Table<Row>): Row[] {
    return [...this.rowsOf(table).values()] as Row[];
  }

  async get<Row extends object>(table: Table<Row>, ...key: Key[]): Promise<Row | undefined> {
    return this.load(table, key) as Row | undefined;
  }

  async getAll<Row extends object>(table: Table<Row>, keys: readonly Key[][]): Promise<Row[]> {
    return keys.map((key) => this.load(table, key) as Row | undefined).filter((row) => row !== undefined);
  }

  async list<Row extends object>(table: Table<Row>, query: RowQuery): Promise<Row[]> {
    const sign = query.descending ? -1 : 1;
    const place = (row: object) => query.order.map((column) => (row as Values)[column] as Key);
    return this.all(table)
      .filter((row) => meetsFilters(row, query.filters))
      .filter((row) => !query.after || sign * compareKeys(place(row), query.after) > 0)
      .toSorted((a, b) => sign * compareKeys(place(a), place(b)))
      .slice(0, query.limit);
  }

  private rowsOf(table: Table): Map<string, object> {
    let rows = this.tables.get(table.name);
    if (!rows) {
      rows = new Map();
      this.tables.set(table.name, rows);
    }
    return rows;
  }
}
