import type Database from 'better-sqlite3';
import { userPrefix } from '../full-text.js';
import type { Table } from '../table.js';

/** Reads a user's terms back from the full-text index: by row id, the terms in order, between spaces. */
export function sqliteIndexedTerms(db: Database.Database, table: Table, userId: string): Map<number, string> {
  const index = `${table.name}_fts`;
  const vocabulary = `temp.${index}_terms`;
  if (!db.prepare('select 1 from temp.sqlite_schema where name = ?').get(`${index}_terms`)) {
    // A view of the index that exists on this connection only; to SQLite, creating it is a write all the
    // same.
    db.pragma('query_only = off');
    db.exec(`create virtual table ${vocabulary} using fts5vocab(main, ${index}, instance)`);
    db.pragma('query_only = on');
  }
  const prefix = userPrefix(userId);
  // The first text that sorts after every text with the prefix, whose last character is an underscore.
  const end = `${prefix.slice(0, -1)}\``;
  const entries = db
    .prepare(`select doc, "offset", term from ${vocabulary} where term >= ? and term < ?`)
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
