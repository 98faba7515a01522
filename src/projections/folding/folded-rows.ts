import type { Rows } from '../../database/row-store.js';
import { storedRow } from '../../database/stored-table.js';
import { compareKeyParts, keyOf, keyText, type Key, type Table } from '../../database/table.js';

/** What was folded, as a database keeps it. */
export interface SortedRows {
  /** The rows of the table, as its `storedTable` has them, in the order of their keys. */
  of(table: Table): readonly object[];
}

/** The rows of one user in one table, under what is left of their keys without the user. */
type UserRows = Map<Key, object>;

/** The rows that folds make from nothing, in memory: of some users, one after another in the order of their ids. */
export class FoldedRows implements Rows {
  private readonly tables = new Map<Table, UserRows[]>();
  /** Of the user whose events are folded now. */
  private current = new Map<Table, UserRows>();
  private userId: Key | undefined;

  get<Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined {
    return this.of(table, key).get(withoutUser(key)) as Row | undefined;
  }

  put<Row extends object>(table: Table<Row>, row: Row): void {
    const key = keyOf(table, row);
    this.of(table, key).set(withoutUser(key), row);
  }

  remove<Row extends object>(table: Table<Row>, ...key: Key[]): void {
    this.of(table, key).delete(withoutUser(key));
  }

  evolve<Row extends object>(table: Table<Row>, key: Key[], evolve: (row: Row | undefined) => Row): Row {
    const rows = this.of(table, key);
    const id = withoutUser(key);
    const row = evolve(rows.get(id) as Row | undefined);
    rows.set(id, row);
    return row;
  }

  /** The rows as they are once everything is folded. */
  sorted(): SortedRows {
    const known = new Map<Table, object[]>();
    return {
      of: (table) => {
        let rows = known.get(table);
        if (!rows) {
          rows = this.sortedOf(table);
          known.set(table, rows);
        }
        return rows;
      },
    };
  }

  private sortedOf(table: Table): object[] {
    const [, ...rest] = table.key;
    const byKey = (a: object, b: object): number => {
      for (const name of rest) {
        const order = compareKeyParts((a as Values)[name] as Key, (b as Values)[name] as Key);
        if (order !== 0) return order;
      }
      return 0;
    };
    const users = this.tables.get(table) ?? [];
    return users.flatMap((rows) => [...rows.values()].toSorted(byKey).map((row) => storedRow(table, row)));
  }

  private of(table: Table, [userId]: readonly Key[]): UserRows {
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
  // As it is, where no text has to be made.
  return key.length <= 2 ? (key[1] ?? '') : keyText(key.slice(1));
}
