import type { Table } from './table.js';

/** Suffix of a table that is filled beside the live one. */
export const SHADOW = '_shadow';
/** Suffix of a table that was live until its shadow replaced it. */
export const OLD = '_old';

const shadows = new WeakMap<Table, Table>();

/** Returns the shadow of a table: the same columns, with the rows that will become live. */
export function shadowOf(table: Table): Table {
  let shadow = shadows.get(table);
  if (!shadow) {
    shadow = { ...table, name: table.name + SHADOW, hot: false };
    shadows.set(table, shadow);
  }
  return shadow;
}

/** A relation in the database, by its names while it is live, a shadow, or replaced by a swap. */
export interface Relation {
  live: string;
  shadow: string;
  old: string;
}

/** Returns the relations of a table: the table itself and its full-text index, if any. */
export function relationsOf({ name, fullText }: Table): Relation[] {
  const itself = { live: name, shadow: name + SHADOW, old: name + OLD };
  if (!fullText) return [itself];
  return [itself, { live: `${name}_fts`, shadow: `${name}${SHADOW}_fts`, old: `${name}${OLD}_fts` }];
}

/** Manages shadow tables inside a write transaction. */
export interface Shadows {
  /** Creates an empty shadow of each table, with all indexes. */
  create(tables: readonly Table[]): Promise<void>;
  /** Replaces each table with its shadow; the replaced tables remain, renamed, until `drop`. */
  swap(tables: readonly Table[]): Promise<void>;
  /** Updates the planner's statistics of the tables, where the database has any. */
  analyze(tables: readonly Table[]): Promise<void>;
  /** Drops the table's shadow and its old table, if they exist. */
  drop(table: Table): Promise<void>;
}
