import type Database from 'better-sqlite3';
import { userPrefix } from '../full-text.js';
import type { Table } from '../table.js';

/** Reads a user's terms back from the full-text index: by row id, each term once. */
export function sqliteIndexedTerms(
  db: Database.Database,
  table: Table,
  userId: string,
): Map<number, string[]> {
  const instances = termInstances(db, table);
  const prefix = userPrefix(userId);
  // The first text that sorts after every text with the prefix, whose last character is an underscore.
  const end = `${prefix.slice(0, -1)}\``;
  const entries = db
    .prepare(`select doc, term from ${instances} where term >= ? and term < ?`)
    .raw()
    .all(prefix, end) as [number, string][];
  const terms = new Map<number, string[]>();
  for (const [doc, term] of entries) {
    const ofRow = terms.get(doc);
    if (ofRow) ofRow.push(term);
    else terms.set(doc, [term]);
  }
  return terms;
}

/** Returns the name of a view of the full-text index with one row per term of a row. */
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
