import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { openForWriting } from '../../src/database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../src/database/sqlite/sqlite-rows.js';
import type { Table } from '../../src/database/table.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import { SqliteEventLog } from '../../src/events/log/sqlite-event-log.js';
import type { EventFolds } from '../../src/projections/folding/event-folds.js';
import type { MemoryIndex } from '../../src/projections/reads/memory-index.js';
import type { Reads } from '../../src/projections/reads/reads.js';
import { sqliteMemoryIndex } from '../../src/projections/reads/sqlite-memory-index.js';
import { migrate } from '../../src/store/migrate.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import { EVERY_MEMORY, termsOnly, type TermCounts } from './memory-index-in-memory.js';
import { ReadsHere } from './reads-here.js';
import {
  MAX_ROWS,
  insertChange,
  writerOver,
  type DatabaseUnderTest,
  type TestDatabase,
  type WriterOptions,
} from './test-database.js';

const FILE = 'edgesoul.db';
const NEXT_VERSION = '(select max(version) + 1 from events where stream_key = e.stream_key)';

/** Inserts the third event again, at another position or version. */
function again(place: { position: string; version: string }): string {
  return `insert or replace into events select ${place.position}, event_id, user_id, stream_key, ${place.version}, type,
    schema_version, occurred_at, utc_offset, recorded_at, command_id, correlation_id, causation_id, actor, data, hash
    from events e where position = 3`;
}

/** A new database file for every test. */
export const SQLITE: DatabaseUnderTest = {
  name: 'SQLite',
  open: () => SqliteTestDatabase.open(),
  bypasses: [
    { what: 'a replacement at its position', sql: again({ position: '4', version: NEXT_VERSION }) },
    { what: 'a replacement at its version', sql: again({ position: '11', version: 'version' }) },
    { what: 'a replacement at both', sql: again({ position: '3', version: 'version' }) },
  ],
};

let migrated: Promise<string> | undefined;

afterAll(async () => {
  if (migrated) await rm(dirname(await migrated), { recursive: true });
});

/** A new, migrated database file in its own folder, which the caller removes. */
export async function migratedFile(): Promise<string> {
  migrated ??= migratedTemplate();
  return copied(await migrated);
}

async function migratedTemplate(): Promise<string> {
  const file = join(await scratchFolder(), FILE);
  await migrate({ file });
  // So that the copies are in WAL mode from the start.
  openForWriting(file).close();
  return file;
}

/** A new folder below the system's temporary folder. */
export function scratchFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'edgesoul-contract-'));
}

/** Copies the file and its write-ahead log as they are on disk, which is what a killed process leaves. */
async function copied(file: string): Promise<string> {
  const copy = join(await scratchFolder(), FILE);
  await copyFile(file, copy);
  await copyFile(`${file}-wal`, `${copy}-wal`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return copy;
}

class SqliteTestDatabase implements TestDatabase {
  private constructor(private opened: OpenedFile) {}

  static async open(): Promise<SqliteTestDatabase> {
    return new SqliteTestDatabase(openFile(await migratedFile()));
  }

  get log(): EventLog {
    return this.opened.log;
  }

  writer(folds: EventFolds, options?: WriterOptions): EventWriter {
    return writerOver(this.log, folds, options);
  }

  async rows<Row extends object>(table: Table<Row>): Promise<Row[]> {
    return this.opened.rows.list(table, { filters: [], order: table.key, limit: MAX_ROWS }) as Row[];
  }

  get address(): { file: string } {
    return { file: this.opened.file };
  }

  get reads(): Reads {
    return this.opened.reads;
  }

  async termCounts(userId: string, terms: readonly string[]): Promise<TermCounts> {
    const { index } = this.opened;
    return index.lookUp(userId, termsOnly(terms), EVERY_MEMORY).terms;
  }

  async schema(): Promise<unknown[]> {
    const other = new Database(this.opened.file, { readonly: true });
    try {
      const objects = other
        .prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name')
        .all();
      // SQLite quotes the name of a renamed table.
      return (objects as { sql: string | null }[]).map((row) => ({
        ...row,
        sql: row.sql?.replaceAll(/["']/g, ''),
      }));
    } finally {
      other.close();
    }
  }

  async insertRow<Row extends object>(table: Table<Row>, row: Row): Promise<void> {
    this.opened.rows.save(insertChange(table, row));
  }

  /** Uses the service's settings: a plain connection can bypass the triggers, and only the chain shows it. */
  async execute(sql: string): Promise<void> {
    const other = openForWriting(this.opened.file);
    try {
      other.exec(sql);
    } finally {
      other.close();
    }
  }

  async tamper(sql: string): Promise<void> {
    this.onNewConnection((other) => {
      const triggers = other.prepare(`select name from sqlite_master where type = 'trigger'`).pluck().all();
      other.exec(triggers.map((name) => `drop trigger ${String(name)};`).join(' '));
      other.exec(sql);
    });
  }

  /** Runs the work on a new connection. */
  private onNewConnection(work: (other: Database.Database) => void): void {
    const other = new Database(this.opened.file);
    try {
      work(other);
    } finally {
      other.close();
    }
  }

  async reopen(): Promise<void> {
    const { file } = this.opened;
    const copy = await copied(file);
    await this.close();
    this.opened = openFile(copy);
  }

  async close(): Promise<void> {
    this.opened.close();
    await rm(dirname(this.opened.file), { recursive: true });
  }
}

interface OpenedFile {
  file: string;
  log: EventLog;
  rows: SqliteRows;
  reads: Reads;
  index: MemoryIndex;
  close(): void;
}

function openFile(file: string): OpenedFile {
  const db = openForWriting(file);
  const rows = new SqliteRows(db);
  return {
    file,
    log: new SqliteEventLog(db),
    rows,
    reads: new ReadsHere(db),
    index: sqliteMemoryIndex(db, rows),
    close: () => db.close(),
  };
}
