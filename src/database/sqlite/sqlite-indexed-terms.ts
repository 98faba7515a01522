import type Database from 'better-sqlite3';
import { userPrefix } from '../full-text.js';
import type { Table } from '../table.js';

/** Reads a user's terms back from the full-text index: by row id, the terms in order, between spaces. */
export function sqliteIndexedTerms(db: Database.Database, table: Table, userId: string): Map<number, string> {
  const instances = termInstances(db, table);
  const prefix = userPrefix(userId);
  // The first text that sorts after every text with the prefix, whose last character is an underscore.
  const end = `${prefix.slice(0, -1)}\``;
  const entries = db
    .prepare(`select doc, "offset", term from ${instances} where term >= ? and term < ?`)
    .raw()
    .all(prefix, end) as [number, number, string][];
  const terms = new Map<number, string[]>();
  for (const [doc, offset, term] of entries) {
    const ofRow = terms.get(doc) ?? [];
    ofRow[offset] = term;
    terms.set(doc, ofRow);
  }
  return new Map([...terms].map(([doc, ofRow]) => [doc, ofRow.join(' ')]));
}

/** Finds the rows of single terms in a full-text index. */
export class SqliteTermRows {
  private readonly find: Database.Statement;

  constructor(db: Database.Database, table: Table) {
    this.find = db.prepare(`select doc from ${termInstances(db, table)} where term = ?`).pluck();
  }

  /** Returns the ids of the user's rows with the term, ascending; a row is listed once per occurrence. */
  of(userId: string, term: string): readonly number[] {
    return this.find.all(userPrefix(userId) + term) as number[];
  }
}

/** Returns the name of a view of the full-text index with one row per occurrence of a term. */
function termInstances(db: Database.Database, table: Table): string {
  const index = `${table.name}_fts`;
  const instances = `temp.${index}_terms`;
  // It exists on this connection only; to SQLite, creating it is a write all the same.
  const readOnly = db.pragma('query_only', { simple: true });
  db.pragma('query_only = off');
  db.exec(`create virtual table if not exists ${instances} using fts5vocab(main, ${index}, instance)`);
  db.pragma(`query_only = ${String(readOnly)}`);
  return instances;
}
