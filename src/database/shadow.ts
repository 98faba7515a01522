import type { Table } from './table.js';

/** Ends the name of a table that is filled beside the live one. */
export const SHADOW = '_shadow';
/** Ends the name of a table that was live until its shadow took its place. */
export const OLD = '_old';

const shadows = new WeakMap<Table, Table>();

/** The table of the same shape in which the rows stand that shall become live. */
export function shadowOf(table: Table): Table {
  let shadow = shadows.get(table);
  if (!shadow) {
    shadow = { ...table, name: table.name + SHADOW, hot: false };
    shadows.set(table, shadow);
  }
  return shadow;
}

/** What belongs to a table in the database, under the names that it has live, as a shadow, and when it was live. */
export interface Relation {
  live: string;
  shadow: string;
  old: string;
}

/** The table itself, and its full-text index. */
export function relationsOf({ name, fullText }: Table): Relation[] {
  const itself = { live: name, shadow: name + SHADOW, old: name + OLD };
  if (!fullText) return [itself];
  return [itself, { live: `${name}_fts`, shadow: `${name}${SHADOW}_fts`, old: `${name}${OLD}_fts` }];
}

/** Tables beside the live ones, within a write transaction. */
export interface Shadows {
  /** Makes an empty shadow of each table, with all indexes. */
  create(tables: readonly Table[]): Promise<void>;
  /** Puts each table's shadow into its place; the tables that were live are kept aside until they are dropped. */
  swap(tables: readonly Table[]): Promise<void>;
  /** Has the database look at what is in the tables, where it plans by that. */
  analyze(tables: readonly Table[]): Promise<void>;
  /** Drops the table's shadow and what was kept aside, if there are any. */
  drop(table: Table): Promise<void>;
}
