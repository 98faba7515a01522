import Database from 'better-sqlite3';
import { translated, translating } from './sqlite-errors.js';

/** Pages of 4 KiB that the log may grow by before a commit has to checkpoint it (64 MiB). */
const CHECKPOINT_PAGES = 16_000;

/**
 * Opens any SQLite file. Whatever fails on the connection, on opening it, in a statement or in a backup, is thrown as one
 * of the service's own errors: no other file knows SQLite's codes.
 */
export function openConnection(file: string, options: Database.Options): Database.Database {
  return translating(() => new Connection(file, options));
}

/** Opens the writer's connection: WAL, every commit on disk before it is answered. */
export function openForWriting(file: string): Database.Database {
  const db = openConnection(file, { timeout: 5_000 });
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
  const db = openConnection(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
  db.pragma('query_only = on');
  db.pragma('cache_size = -65536');
  return db;
}

class Connection extends Database {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the signature of the base class
  override prepare<P extends unknown[] | {} = unknown[], R = unknown>(sql: string) {
    return translatingStatement(translating(() => super.prepare<P, R>(sql)));
  }

  override exec(sql: string): this {
    return translating(() => super.exec(sql));
  }

  override pragma(source: string, options?: Database.PragmaOptions): unknown {
    return translating(() => super.pragma(source, options));
  }

  override async backup(file: string, options?: Database.BackupOptions): Promise<Database.BackupMetadata> {
    try {
      return await super.backup(file, options);
    } catch (error) {
      throw translated(error);
    }
  }
}

const METHODS = ['run', 'get', 'all'] as const;

function translatingStatement<S>(statement: S): S {
  const methods = statement as Record<(typeof METHODS)[number], (...parameters: unknown[]) => unknown>;
  for (const method of METHODS) {
    const original = methods[method];
    methods[method] = (...parameters) => {
      try {
        return original.apply(statement, parameters);
      } catch (error) {
        throw translated(error);
      }
    };
  }
  return statement;
}
