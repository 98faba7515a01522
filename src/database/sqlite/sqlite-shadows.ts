import type Database from 'better-sqlite3';
import { OLD, relationsOf, SHADOW, type Shadows } from '../shadow.js';
import type { Table } from '../table.js';

interface Declared {
  name: string;
  sql: string;
}

interface Rename {
  from: string;
  to: string;
}

/** Shadow tables of a SQLite file; the caller opens the transaction. */
export class SqliteShadows implements Shadows {
  constructor(private readonly db: Database.Database) {}

  async create(tables: readonly Table[]): Promise<void> {
    for (const { live, shadow } of tables.flatMap(relationsOf)) {
      const { sql } = this.declared('table', live)[0] as Declared;
      this.db.exec(renamed(sql, live, shadow));
      for (const index of this.declared('index', live)) {
        const onShadow = index.sql.replace(new RegExp(`\\bon "?${live}"?`, 'i'), `on ${shadow}`);
        this.db.exec(renamed(onShadow, index.name, index.name + SHADOW));
      }
    }
  }

  async swap(tables: readonly Table[]): Promise<void> {
    const renames: Rename[] = [];
    for (const { live, shadow, old } of tables.flatMap(relationsOf)) {
      for (const { name } of this.declared('index', live))
        renames.push({ from: name, to: name + OLD }, { from: name + SHADOW, to: name });
      this.db.exec(`alter table ${live} rename to ${old}`);
      this.db.exec(`alter table ${shadow} rename to ${live}`);
    }
    this.renameIndexes(renames);
  }

  /** SQLite keeps no statistics of these tables: their queries have one good plan each. */
  async analyze(): Promise<void> {
    // Nothing to do.
  }

  async drop(table: Table): Promise<void> {
    for (const { shadow, old } of relationsOf(table)) {
      this.db.exec(`drop table if exists ${shadow}`);
      this.db.exec(`drop table if exists ${old}`);
    }
  }

  /** Returns the statements that created the table itself or its indexes. */
  private declared(type: 'table' | 'index', relation: string): Declared[] {
    return this.db
      .prepare('select name, sql from sqlite_schema where type = ? and tbl_name = ? and sql is not null')
      .all(type, relation) as Declared[];
  }

  /**
   * SQLite has no statement that renames an index. It documents this way for changes that do not affect the
   * stored content (https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
   */
  private renameIndexes(renames: readonly Rename[]): void {
    this.db.unsafeMode(true);
    try {
      this.db.pragma('writable_schema = on');
      const rename = this.db.prepare(
        `update sqlite_schema set name = ?, sql = replace(sql, ?, ?) where type = 'index' and name = ?`,
      );
      for (const { from, to } of renames) rename.run(to, ` ${from} `, ` ${to} `, from);
      const version = this.db.pragma('schema_version', { simple: true }) as number;
      this.db.pragma(`schema_version = ${version + 1}`);
      // Also reloads the schema.
      this.db.pragma('writable_schema = reset');
    } finally {
      this.db.unsafeMode(false);
    }
  }
}

/** Returns the create statement under another name; names are delimited by spaces, quotes or a bracket. */
function renamed(sql: string, from: string, to: string): string {
  return sql.replace(new RegExp(`(["\\s])${from}(?=["\\s(])`), `$1${to}`);
}
