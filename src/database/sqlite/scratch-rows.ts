import type Database from 'better-sqlite3';
import { openConnection } from './open-sqlite.js';

/** A row as JSON text, by its key. */
export interface ScratchRow {
  key: string;
  json: string;
}

/**
 * Rows of a computation that may be larger than memory, in a SQLite file of their own, whatever database the
 * store is in. Rows and notes are saved together or not at all, so that the computation can be resumed.
 */
export class ScratchRows {
  private readonly db: Database.Database;
  private readonly find: Database.Statement;

  constructor(file: string) {
    this.db = openConnection(file, {});
    this.db.pragma('journal_mode = truncate');
    this.db.pragma('cache_size = -16384');
    this.db.exec(
      'create table if not exists scratch (key text primary key, json text not null) without rowid',
    );
    this.db.exec(
      'create table if not exists note (name text primary key, value text not null) without rowid',
    );
    this.find = this.db.prepare('select json from scratch where key = ?').pluck();
  }

  get(key: string): string | undefined {
    return this.find.get(key) as string | undefined;
  }

  /** Saves changed rows, undefined for those that are gone, and notes. */
  save(rows: ReadonlyMap<string, string | undefined>, notes: Readonly<Record<string, string>> = {}): void {
    const put = this.db.prepare('insert or replace into scratch values (?, ?)');
    const remove = this.db.prepare('delete from scratch where key = ?');
    const note = this.db.prepare('insert or replace into note values (?, ?)');
    this.db.transaction(() => {
      for (const [key, json] of rows) {
        if (json === undefined) remove.run(key);
        else put.run(key, json);
      }
      for (const [name, value] of Object.entries(notes)) note.run(name, value);
    })();
  }

  notes(): Record<string, string> {
    const notes = this.db.prepare('select name, value from note').raw().all() as [string, string][];
    return Object.fromEntries(notes);
  }

  count(): number {
    return this.db.prepare('select count(*) from scratch').pluck().get() as number;
  }

  /** All rows, in the order of their keys' UTF-8 bytes. */
  all(): IterableIterator<ScratchRow> {
    return this.db
      .prepare('select key, json from scratch order by key')
      .iterate() as IterableIterator<ScratchRow>;
  }

  close(): void {
    this.db.close();
  }
}
