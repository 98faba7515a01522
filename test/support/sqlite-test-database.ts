import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { openForWriting } from '../../src/database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../src/database/sqlite/sqlite-rows.js';
import type { Table } from '../../src/database/table.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import { SqliteEventLog } from '../../src/events/log/sqlite-event-log.js';
import type { EventFolds } from '../../src/projections/folding/event-folds.js';
import type { StoreReader } from '../../src/projections/folding/store-reader.js';
import type { Reads } from '../../src/projections/reads/reads.js';
import type { MemoryIndex } from '../../src/projections/reads/search/memory-index.js';
import { sqliteMemoryIndex } from '../../src/projections/reads/search/sqlite-memory-index.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import { ReadsHere } from './reads-here.js';
import { PlanReader, plansWith } from './retract.js';
import { copied, migratedFile } from './scratch.js';
import {
  MAX_ROWS,
  insertChange,
  writerOver,
  type DatabaseUnderTest,
  type TestDatabase,
  type WriterOptions,
} from './test-database.js';

const NEXT_VERSION = '(select max(version) + 1 from events where stream_key = e.stream_key)';

/** Inserts the third event again, at another position or version. */
function again(place: { position: string; version: string }): string {
  return `insert or replace into events select ${place.position}, event_id, user_id, stream_key, ${place.version}, type,
    schema_version, occurred_at, utc_offset, recorded_at, command_id, correlation_id, causation_id, actor, data, hash, seal
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

class SqliteTestDatabase implements TestDatabase {
  private constructor(private opened: OpenedFile) {}

  static async open(): Promise<SqliteTestDatabase> {
    return new SqliteTestDatabase(openFile(await migratedFile()));
  }

  get log(): EventLog {
    return this.opened.log;
  }

  writer(folds: EventFolds, options?: WriterOptions): EventWriter {
    return plansWith(writerOver(this.log, folds, options), this.opened.plans);
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

  get reader(): StoreReader {
    return this.opened.plans.connected;
  }

  get index(): MemoryIndex {
    return this.opened.index;
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
      const triggers = other.prepare(`select name, sql from sqlite_schema where type = 'trigger'`).all() as {
        name: string;
        sql: string;
      }[];
      other.exec(triggers.map(({ name }) => `drop trigger ${name};`).join(' '));
      other.exec(sql);
      for (const trigger of triggers) other.exec(trigger.sql);
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
    await this.opened.close();
    await rm(dirname(this.opened.file), { recursive: true });
  }
}

interface OpenedFile {
  file: string;
  log: EventLog;
  rows: SqliteRows;
  reads: Reads;
  index: MemoryIndex;
  plans: PlanReader;
  close(): Promise<void>;
}

function openFile(file: string): OpenedFile {
  const db = openForWriting(file);
  const rows = new SqliteRows(db);
  const plans = new PlanReader({ file });
  return {
    file,
    log: new SqliteEventLog(db),
    rows,
    reads: new ReadsHere(db),
    index: sqliteMemoryIndex(db, rows),
    plans,
    close: async () => {
      await plans.close();
      db.close();
    },
  };
}
