import type { Column, Table } from './table.js';

type Values = Record<string, unknown>;

const stored = new WeakMap<Table, Table>();

/** Returns the table with its JSON columns as text: rows are compared and copied without being parsed. */
export function storedTable(table: Table): Table {
  let known = stored.get(table);
  if (!known) {
    const columns = Object.entries(table.columns).map(([name, column]) => [name, asText(column)] as const);
    known = { ...table, columns: Object.fromEntries(columns) };
    stored.set(table, known);
  }
  return known;
}

/** Converts a row of the table into a row of its `storedTable`. */
export function storedRow(table: Table, row: object): object {
  return withJson(table, row, (value) => JSON.stringify(value));
}

/** Converts a row of a `storedTable` into a row of the table; JSON that cannot be parsed stays text. */
export function parsedRow(table: Table, row: object): object {
  return withJson(table, row, (value) => {
    try {
      return JSON.parse(value as string) as unknown;
    } catch {
      return value;
    }
  });
}

function withJson(table: Table, row: object, change: (value: unknown) => unknown): object {
  const names = jsonColumns(table);
  if (names.length === 0) return row;
  const changed: Values = { ...row };
  for (const name of names) {
    if (changed[name] !== null && changed[name] !== undefined) changed[name] = change(changed[name]);
  }
  return changed;
}

const jsonNames = new WeakMap<Table, string[]>();

function jsonColumns(table: Table): string[] {
  let names = jsonNames.get(table);
  if (!names) {
    names = Object.keys(table.columns).filter((name) => table.columns[name]?.kind === 'json');
    jsonNames.set(table, names);
  }
  return names;
}

function asText(column: Column): Column {
  return column.kind === 'json' ? { ...column, kind: 'text' } : column;
}
