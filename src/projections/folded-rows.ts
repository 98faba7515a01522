import type { Rows } from '../database/row-store.js';
import { compareKeys, keyOf, keyText, type Key, type Table } from '../database/table.js';

/** A row under its key. */
export interface KeyedRow {
  /** The key as text. */
  id: string;
  key: readonly Key[];
  row: object;
}

/** The rows that folds make from nothing, in memory: for some users at a time. */
export class FoldedRows implements Rows {
  private readonly tables = new Map<Table, Map<string, object>>();

  get<Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined {
    return this.of(table).get(keyText(key)) as Row | undefined;
  }

  put<Row extends object>(table: Table<Row>, row: Row): void {
    this.of(table).set(keyText(keyOf(table, row)), row);
  }

  remove<Row extends object>(table: Table<Row>, ...key: Key[]): void {
    this.of(table).delete(keyText(key));
  }

  evolve<Row extends object>(table: Table<Row>, key: Key[], evolve: (row: Row | undefined) => Row): Row {
    const rows = this.of(table);
    const id = keyText(key);
    const row = evolve(rows.get(id) as Row | undefined);
    rows.set(id, row);
    return row;
  }

  /** The table's rows in the order of their keys. */
  sorted(table: Table): KeyedRow[] {
    const rows: KeyedRow[] = [];
    for (const [id, row] of this.of(table)) rows.push({ id, key: keyOf(table, row), row });
    return rows.toSorted((a, b) => compareKeys(a.key, b.key));
  }

  private of(table: Table): Map<string, object> {
    let rows = this.tables.get(table);
    if (!rows) {
      rows = new Map();
      this.tables.set(table, rows);
    }
    return rows;
  }
}
