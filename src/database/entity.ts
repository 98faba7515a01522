import { EntitySchema, type EntityProperty } from '@mikro-orm/core';
import { columnName, type Column, type Table } from './table.js';

type Property = Partial<EntityProperty> & { type: string };

/**
 * Builds the MikroORM entity of a table, with the column types of one database. The ORM checks that the
 * migrations create the tables that the code declares.
 */
export function toEntity(table: Table, columnType: (column: Column) => string): EntitySchema {
  const properties = Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [
      name,
      property(name, column, table, columnType(column)),
    ]),
  );
  return new EntitySchema({
    name: table.name.replaceAll(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
    tableName: table.name,
    properties,
    indexes: table.indexes
      .filter(({ unique }) => !unique)
      .map(({ name, columns }) => ({ name, properties: [...columns] })),
    uniques: table.indexes
      .filter(({ unique }) => unique)
      .map(({ name, columns }) => ({ name, properties: [...columns] })),
  });
}

function property(name: string, column: Column, table: Table, columnType: string): Property {
  return {
    type: 'any',
    columnType,
    fieldName: columnName(name),
    nullable: column.nullable,
    primary: table.key.includes(name),
    autoincrement:
      table.key.length === 1 && table.key[0] === name && column.kind === 'integer' && !table.insertOnly,
  } as Property;
}
