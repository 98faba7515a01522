import Database from 'better-sqlite3';

/** Pages of 4 KiB that the log may grow by before a commit has to checkpoint it (64 MiB). */
const CHECKPOINT_PAGES = 16_000;

/** Opens the writer's connection: WAL, every commit on disk before it is answered. */
export function openForWriting(file: string): Database.Database {
  const db = new Database(file, { timeout: 5_000 });
  db.pragma('journal_mode = wal');
  // After the journal mode: better-sqlite3 is built so that WAL otherwise falls back to NORMAL, which may lose
  // acknowledged commits when the power fails.
  db.pragma('synchronous = full');
  db.pragma('foreign_keys = on');
  // So that "insert or replace" asks the triggers that keep events immutable before it deletes one.
  db.pragma('recursive_triggers = on');
  db.pragma('cache_size = -65536');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  return db;
}

/** Opens a connection that cannot write; it sees every commit at once and holds up no writer. */
export function openForReading(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  db.pragma('query_only = on');
  db.pragma('cache_size = -65536');
  return db;
}
