import type { Rows } from '../../database/row-store.js';
import { withoutFullText, type Key, type Table } from '../../database/table.js';
import type { Projection } from '../projection.js';

/**
 * The names of what a state holds of its projection: tables, and full-text indexes. It is folded without the
 * tables that stand alone and the indexes for which nobody asked.
 */
export type HeldParts = ReadonlySet<string>;

/** Returns the name of a table's full-text index as a part. */
export function indexPart(table: Table): string {
  return `${table.name}_fts`;
}

/** Returns what a state holds in which these parts are asked for. */
export function heldParts({ tables }: Projection, asked: Iterable<string>): HeldParts {
  return new Set([...asked, ...tables.filter(({ standsAlone }) => !standsAlone).map(({ name }) => name)]);
}

/** Returns the declarations of the tables that a state holds. */
export function heldTables({ tables }: Projection, held: HeldParts): Table[] {
  return tables
    .filter(({ name }) => held.has(name))
    .map((table) => (held.has(indexPart(table)) ? table : withoutFullText(table)));
}

/** The rows that folds change, of which those of tables that are not held are dropped. */
export class HeldRows implements Rows {
  constructor(
    private readonly rows: Rows,
    private readonly held: HeldParts,
  ) {}

  /** What a fold reads of a table that stands alone decides about that table only. */
  get<Row extends object>(table: Table<Row>, ...key: Key[]): Row | undefined {
    return this.held.has(table.name) ? this.rows.get(table, ...key) : undefined;
  }

  put<Row extends object>(table: Table<Row>, row: Row): void {
    if (this.held.has(table.name)) this.rows.put(table, row);
  }

  remove<Row extends object>(table: Table<Row>, ...key: Key[]): void {
    if (this.held.has(table.name)) this.rows.remove(table, ...key);
  }

  removeUser(table: Table, userId: string): void {
    if (this.held.has(table.name)) this.rows.removeUser(table, userId);
  }

  evolve<Row extends object>(table: Table<Row>, key: Key[], evolve: (row: Row | undefined) => Row): void {
    if (this.held.has(table.name)) this.rows.evolve(table, key, evolve);
  }
}
