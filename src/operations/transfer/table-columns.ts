import type { Column, Table } from '../../database/table.js';
import type { Column as RowColumn } from '../../formats/column.js';

/** Returns the columns of a projection's table as rows that are written to files have them. */
export function columnsOf(table: Table): RowColumn[] {
  return Object.entries(table.columns).map(([name, column]) => ({
    name,
    type: typeOf(name, column),
    nullable: column.nullable,
  }));
}

function typeOf(name: string, { kind, instant }: Column): RowColumn['type'] {
  if (kind === 'bytes' || kind === 'payload') throw new TypeError(`Column ${name} holds bytes.`);
  return instant === true ? 'timestamp' : kind;
}
