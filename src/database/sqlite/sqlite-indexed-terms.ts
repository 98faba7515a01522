import type Database from 'better-sqlite3';
import { userPrefix } from '../full-text.js';
import type { Table } from '../table.js';

/** What the table's full-text index holds of the user, read out of the index itself: by the row's id, its terms in order. */
export function sqliteIndexedTerms(db: Database.Database, table: Table, userId: string): Map<number, string> {
  const index = `${table.name}_fts`;
  const vocabulary = `temp.${index}_terms`;
  if (!db.prepare('select 1 from temp.sqlite_schema where name = ?').get(`${index}_terms`)) {
    // A view of the index that belongs to this connection; SQLite counts it as a change even so.
    db.pragma('query_only = off');
    db.exec(`create virtual table ${vocabulary} using fts5vocab(main, ${index}, instance)`);
    db.pragma('query_only = on');
  }
  const prefix = userPrefix(userId);
  // The first text after all that begin with the prefix, which ends with an underscore.
  const end = `${prefix.slice(0, -1)}\``;
  const found = db
    .prepare(`select doc, "offset", term from ${vocabulary} where term >= ? and term < ?`)
    .raw()
    .all(prefix, end) as [number, number, string][];
  const terms = new Map<number, string[]>();
  for (const [doc, offset, term] of found) {
    const of = terms.get(doc) ?? [];
    of[offset] = term;
    terms.set(doc, of);
  }
  return new Map([...terms].map(([doc, of]) => [doc, of.join(' ')]));
}
