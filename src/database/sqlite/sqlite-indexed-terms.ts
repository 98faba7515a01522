import type Database from 'better-sqlite3';
import { userPrefix } from '../full-text.js';
import type { Table } from '../table.js';

/** Reads a user's terms back from the full-text index: by row id, each term once. */
export function sqliteIndexedTerms(
  db: Database.Database,
  table: Table,
  userId: string,
): Map<number, string[]> {
  const instances = termsView(db, table, 'instance');
  const entries = db
    .prepare(`select doc, term from ${instances} where term >= ? and term < ?`)
    .raw()
    .all(userPrefix(userId), endOfTerms(userId)) as [number, string][];
  const terms = new Map<number, string[]>();
  for (const [doc, term] of entries) {
    const ofRow = terms.get(doc);
    if (ofRow) ofRow.push(term);
    else terms.set(doc, [term]);
  }
  return terms;
}

/**
 * Returns the name of a view of the table's full-text index, with one row per term (`row`) or per term of a
 * row (`instance`).
 */
export function termsView(db: Database.Database, table: Table, kind: 'row' | 'instance'): string {
  const index = `${table.name}_fts`;
  const view = `temp.${index}_${kind}`;
  // It exists on this connection only; to SQLite, creating it is a write all the same.
  const readOnly = db.pragma('query_only', { simple: true });
  db.pragma('query_only = off');
  db.exec(`create virtual table if not exists ${view} using fts5vocab(main, ${index}, ${kind})`);
  db.pragma(`query_only = ${String(readOnly)}`);
  return view;
}

/**
 * The first text that sorts after every term of the user: the last character of the prefix is an underscore.
 */
export function endOfTerms(userId: string): string {
  return `${userPrefix(userId).slice(0, -1)}\``;
}
