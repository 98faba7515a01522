import type { RowChange, RowChanges, RowLoader, Rows } from './row-store.js';
import { keyOf, keyText, type Key, type Table } from './table.js';

/** Placeholder for a row that is overwritten without being read. */
const UNREAD = Object.freeze({});

interface Undo {
  change: RowChange;
  after: object | undefined;
}

/**
 * The working set of one batch: rows are loaded once, changed in memory and written together at the end.
 * `mark` and `rollback` undo the changes of a single refused command.
 */
export class RowBatch implements Rows {
  private readonly tables = new Map<Table, Map<string, RowChange>>();
  private readonly undoLog: Undo[] = [];

  constructor(private readonly store: RowLoader) {}

  get<Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined {
    return this.loaded(table, key).after as Row | undefined;
  }

  put<Row extends object>(table: Table<Row>, row: Row): void {
    const key = keyOf(table, row);
    // A row that is only inserted is read first, so that no database has to look again whether its key
    // exists.
    this.change(table.insertOnly ? this.loaded(table, key) : this.overwritten(table, key), row);
  }

  remove<Row extends object>(table: Table<Row>, ...key: Key[]): void {
    this.change(this.loaded(table, key), undefined);
  }

  removeUser(table: Table, userId: string): void {
    const rows = this.rowsOf(table);
    for (const row of this.store.loadUser(table, userId)) {
      const key = keyOf(table, row);
      const id = keyText(key);
      if (!rows.has(id)) rows.set(id, { key, before: row, after: row });
    }
    for (const change of rows.values()) if (change.key[0] === userId) this.change(change, undefined);
  }

  evolve<Row extends object>(table: Table<Row>, key: Key[], evolve: (row: Row | undefined) => Row): void {
    const change = this.loaded(table, key);
    this.change(change, evolve(change.after as Row | undefined));
  }

  /** Returns a savepoint for `rollback`. */
  mark(): number {
    return this.undoLog.length;
  }

  rollback(mark: number): void {
    while (this.undoLog.length > mark) {
      const { change, after } = this.undoLog.pop() as Undo;
      change.after = after;
    }
  }

  /** Keeps all changes so far: they cannot be undone any more, and hold no memory for it. */
  settle(): void {
    this.undoLog.length = 0;
  }

  /** Returns the rows that differ from what was loaded. */
  changes(): RowChanges {
    const changes: RowChanges = new Map();
    for (const [table, rows] of this.tables) {
      const changed = new Map<string, RowChange>();
      for (const [id, { key, before, after }] of rows) {
        if (before !== after) changed.set(id, { key, before: before === UNREAD ? undefined : before, after });
      }
      if (changed.size > 0) changes.set(table, changed);
    }
    return changes;
  }

  private change(change: RowChange, row: object | undefined): void {
    if (change.after === row) return;
    this.undoLog.push({ change, after: change.after });
    change.after = row;
  }

  private loaded(table: Table, key: readonly Key[]): RowChange {
    const rows = this.rowsOf(table);
    const id = keyText(key);
    let change = rows.get(id);
    if (!change || change.after === UNREAD) {
      const row = this.store.load(table, key, id);
      change = { key, before: row, after: row };
      rows.set(id, change);
    }
    return change;
  }

  /** Like `loaded`, but does not read the row, which is about to be overwritten. */
  private overwritten(table: Table, key: readonly Key[]): RowChange {
    const rows = this.rowsOf(table);
    const id = keyText(key);
    let change = rows.get(id);
    if (!change) {
      change = { key, before: UNREAD, after: UNREAD };
      rows.set(id, change);
    }
    return change;
  }

  private rowsOf(table: Table): Map<string, RowChange> {
    let rows = this.tables.get(table);
    if (!rows) {
      rows = new Map();
      this.tables.set(table, rows);
    }
    return rows;
  }
}
