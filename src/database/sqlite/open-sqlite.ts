import Database from 'better-sqlite3';
import { translated, translating } from './sqlite-errors.js';

/** Size of the write-ahead log, in pages of 4 KiB, at which a commit checkpoints it (64 MiB). */
const CHECKPOINT_PAGES = 16_000;

/**
 * Opens a SQLite file, or a database in memory: an empty one (`:memory:`) or a serialized one. Throws
 * StoreErrors, as do the statements and backups of the connection: no other code handles SQLite's error
 * codes.
 */
export function openConnection(file: string | Buffer, options: Database.Options): Database.Database {
  return translating(() => new Connection(file, options));
}

/** Opens the writer's connection: in WAL mode, with every commit on disk before it returns. */
export function openForWriting(file: string): Database.Database {
  const db = openConnection(file, { timeout: 5_000 });
  db.pragma('journal_mode = wal');
  // Set after the journal mode: better-sqlite3 is compiled to fall back to NORMAL in WAL mode, which may lose
  // acknowledged commits in a power failure.
  db.pragma('synchronous = full');
  db.pragma('foreign_keys = on');
  // Makes "insert or replace" fire the delete triggers, which keep events immutable.
  db.pragma('recursive_triggers = on');
  // Removed rows, and earlier versions of changed ones, are overwritten with zeros.
  db.pragma('secure_delete = on');
  db.pragma('cache_size = -65536');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  return db;
}

/** Opens a read-only connection; it sees every commit at once and never blocks the writer. */
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
  const methods = statement as Record<
    (typeof METHODS)[number] | 'iterate',
    (...parameters: unknown[]) => unknown
  >;
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
  const { iterate } = methods;
  methods.iterate = (...parameters) =>
    translatedRows(() => iterate.apply(statement, parameters) as Iterable<unknown>);
  return statement;
}

/** Rows are read while the caller iterates, so that errors come then. */
function* translatedRows(begin: () => Iterable<unknown>): Generator {
  try {
    yield* begin();
  } catch (error) {
    throw translated(error);
  }
}
