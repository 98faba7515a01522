import type { Rows } from '../../database/row-store.js';
import { storedRow } from '../../database/stored-table.js';
import { compareKeyParts, keyOf, keyText, type Key, type Table } from '../../database/table.js';

/** Folded rows in the form and order in which a database stores them. */
export interface SortedRows {
  /** The rows of the table, in the shape of its `storedTable` and in key order. */
  rowsOf(table: Table): readonly object[];
}

/** The rows of one user in one table, by their key without the user id. */
type UserRows = Map<Key, object>;

/**
 * Rows folded in memory from the first event on. Users must be folded one after another, in the order of
 * their ids.
 */
export class FoldedRows implements Rows {
  private readonly tables = new Map<Table, UserRows[]>();
  /** The rows of the user whose events are being folded. */
  private current = new Map<Table, UserRows>();
  private userId: Key | undefined;

  get<Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined {
    return this.rowsOf(table, key).get(withoutUser(key)) as Row | undefined;
  }

  put<Row extends object>(table: Table<Row>, row: Row): void {
    const key = keyOf(table, row);
    this.rowsOf(table, key).set(withoutUser(key), row);
  }

  remove<Row extends object>(table: Table<Row>, ...key: Key[]): void {
    this.rowsOf(table, key).delete(withoutUser(key));
  }

  removeUser(table: Table, userId: string): void {
    this.rowsOf(table, [userId]).clear();
  }

  evolve<Row extends object>(table: Table<Row>, key: Key[], evolve: (row: Row | undefined) => Row): void {
    const rows = this.rowsOf(table, key);
    const id = withoutUser(key);
    rows.set(id, evolve(rows.get(id) as Row | undefined));
  }

  /** Returns all rows, sorted; call it once everything is folded. */
  sorted(): SortedRows {
    const sorted = new Map<Table, object[]>();
    return {
      rowsOf: (table) => {
        let rows = sorted.get(table);
        if (!rows) {
          rows = this.sortedOf(table);
          sorted.set(table, rows);
        }
        return rows;
      },
    };
  }

  private sortedOf(table: Table): object[] {
    const [, ...columns] = table.key;
    const byKey = (a: object, b: object): number => {
      for (const name of columns) {
        const order = compareKeyParts((a as Values)[name] as Key, (b as Values)[name] as Key);
        if (order !== 0) return order;
      }
      return 0;
    };
    const users = this.tables.get(table) ?? [];
    return users.flatMap((rows) => [...rows.values()].toSorted(byKey).map((row) => storedRow(table, row)));
  }

  private rowsOf(table: Table, [userId]: readonly Key[]): UserRows {
    if (userId !== this.userId) {
      this.userId = userId;
      this.current = new Map();
    }
    let rows = this.current.get(table);
    if (!rows) {
      rows = new Map();
      this.current.set(table, rows);
      const users = this.tables.get(table);
      if (users) users.push(rows);
      else this.tables.set(table, [rows]);
    }
    return rows;
  }
}

type Values = Record<string, Key>;

function withoutUser(key: readonly Key[]): Key {
  // One remaining part is used as it is; no text has to be built.
  return key.length <= 2 ? (key[1] ?? '') : keyText(key.slice(1));
}
