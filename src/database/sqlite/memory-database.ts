import type Database from 'better-sqlite3';
import { columnName, type Table } from '../table.js';
import { openConnection } from './open-sqlite.js';
import { columnType } from './sqlite-rows.js';

/** Opens an empty SQLite database in memory with these tables, their indexes and their full-text indexes. */
export function createInMemory(tables: readonly Table[]): Database.Database {
  const db = configured(openConnection(':memory:', {}));
  for (const table of tables) for (const sql of declarations(table)) db.exec(sql);
  return db;
}

/** Opens a copy of a database in memory: a copy of its pages, whatever is in them. */
export function copyInMemory(db: Database.Database): Database.Database {
  return configured(openConnection(db.serialize(), {}));
}

/** Returns how much memory the pages of a database in memory take, in bytes. */
export function memoryBytes(db: Database.Database): number {
  const pages = db.pragma('page_count', { simple: true }) as number;
  return pages * (db.pragma('page_size', { simple: true }) as number);
}

/** Nothing is ever rolled back: a database that could not be written is thrown away. */
function configured(db: Database.Database): Database.Database {
  db.pragma('journal_mode = off');
  return db;
}

function declarations({ name, columns, key, indexes, fullText }: Table): string[] {
  const declared = Object.entries(columns).map(
    ([column, kind]) => `${columnName(column)} ${columnType(kind)}${kind.nullable ? '' : ' not null'}`,
  );
  return [
    `create table ${name} (${declared.join(', ')}, primary key (${listed(key)})) without rowid`,
    ...indexes.map(
      (index) =>
        `create ${index.unique ? 'unique ' : ''}index ${index.name} on ${name} (${listed(index.columns)})`,
    ),
    ...(fullText ? [fullTextDeclaration(name)] : []),
  ];
}

function listed(names: readonly string[]): string {
  return names.map(columnName).join(', ');
}

/** The same as in the migrations: the terms arrive stemmed, so that FTS5 only splits them at spaces. */
function fullTextDeclaration(name: string): string {
  return `create virtual table ${name}_fts using fts5 (
    terms, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
  )`;
}
