import type Database from 'better-sqlite3';
import { indexedTerms, sameTexts, userPrefix } from '../full-text.js';
import { type FullText, type Table } from '../table.js';

type Values = Record<string, unknown>;

/**
 * The full-text index of one table, in contentless FTS5. Every term has the user's prefix, so that a search
 * reads only that user's entries (100 times faster than a shared index with a filter). Terms arrive stemmed;
 * FTS5 only splits them at spaces.
 */
export class SqliteFullText {
  private readonly put: Database.Statement;
  private readonly drop: Database.Statement;
  private readonly count: Database.Statement;
  private readonly dropAll: Database.Statement;
  private readonly declared: FullText;

  constructor(db: Database.Database, table: Table) {
    this.declared = table.fullText as FullText;
    const index = `${table.name}_fts`;
    this.put = db.prepare(`insert or replace into ${index} (rowid, terms) values (?, ?)`);
    this.drop = db.prepare(`delete from ${index} where rowid = ?`);
    this.count = db.prepare(`select count(*) from ${index} where ${index} match ?`).pluck();
    this.dropAll = db.prepare(`insert into ${index} (${index}) values ('delete-all')`);
  }

  /** Updates the index for a changed row; unchanged texts are not indexed again. */
  save(before: object | undefined, after: object | undefined): void {
    if (!after) {
      if (before) this.drop.run((before as Values)[this.declared.id]);
      return;
    }
    if (before && sameTexts(this.declared, before, after)) return;
    this.put.run((after as Values)[this.declared.id], indexedTerms(this.declared, after));
  }

  /** Computes the terms of a new row and returns the function that inserts them. */
  insertion(row: object): () => void {
    const id = (row as Values)[this.declared.id];
    const terms = indexedTerms(this.declared, row);
    return () => void this.put.run(id, terms);
  }

  clear(): void {
    this.dropAll.run();
  }

  /** Returns how many of the user's rows contain the term. */
  frequency(userId: string, term: string): number {
    return this.count.get(`"${userPrefix(userId)}${term}"`) as number;
  }
}
