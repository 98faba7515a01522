import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import type pg from 'pg';
import { openPool } from '../../src/database/postgresql/open-postgresql.js';
import { openForWriting } from '../../src/database/sqlite/open-sqlite.js';
import { SqliteRows } from '../../src/database/sqlite/sqlite-rows.js';
import type { RowChange } from '../../src/database/row-store.js';
import { keyText, type Key, type Table } from '../../src/database/table.js';
import { EventCatalog } from '../../src/events/event-catalog.js';
import { jsonCodec } from '../../src/events/log/event-codec.js';
import type { EventFolds } from '../../src/events/log/event-folds.js';
import type { EventLog } from '../../src/events/log/event-log.js';
import { DEFAULT_LIMITS, EventWriter, type WriterLimits } from '../../src/events/log/event-writer.js';
import { PostgresqlEventLog } from '../../src/events/log/postgresql-event-log.js';
import { SqliteEventLog } from '../../src/events/log/sqlite-event-log.js';
import { memoriesTable } from '../../src/projections/memory-index.projection.js';
import { PostgresqlReads } from '../../src/projections/postgresql-reads.js';
import type { Reads } from '../../src/projections/reads.js';
import { migrate } from '../../src/store/migrate.js';
import { dropDatabase, dropTemplate, migratedDatabase, runSql } from './postgresql-databases.js';
import { ReadsHere } from './reads-here.js';

/** What a writer has instead of the service's own. */
interface WriterOptions {
  clock?: () => number;
  limits?: Partial<WriterLimits>;
  log?: EventLog;
}

/** A migrated database of its own, with nothing in it yet. */
export interface TestDatabase {
  readonly log: EventLog;
  /** A writer over the log; only one of them may write at a time. */
  writer(folds: EventFolds, options?: WriterOptions): EventWriter;
  /** Every row of the table, by key. */
  rows<Row extends object>(table: Table<Row>): Promise<Row[]>;
  /** What queries are answered from. */
  readonly reads: Reads;
  /** The ids of the user's memories that the full-text index gives for any of the terms, ascending. */
  candidates(userId: string, anyOf: readonly string[]): Promise<number[]>;
  /** In how many of the user's memories the full-text index has the term. */
  frequency(userId: string, term: string): Promise<number>;
  /** Puts a row that no event made, and what the full-text index holds of such a row. */
  plant<Row extends object>(table: Table<Row>, row: Row): Promise<void>;
  /** Runs statements beside the service; rejects with what the database says. */
  execute(sql: string): Promise<void>;
  /** The same after taking away whatever protects the log, as someone with the database's password can. */
  tamper(sql: string): Promise<void>;
  /** Goes on as the next process does after this one was killed: nothing was closed, what was committed is there. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

interface DatabaseUnderTest {
  name: string;
  open(): Promise<TestDatabase>;
  /** Statements of this database that change or remove events of a log of ten without UPDATE and DELETE. */
  waysAround: readonly { what: string; sql: string }[];
}

const NEXT_VERSION = '(select max(version) + 1 from events where stream_key = e.stream_key)';

/** Puts the third event once more, at another place. */
function again(place: { position: string; version: string }): string {
  return `insert or replace into events select ${place.position}, event_id, user_id, stream_key, ${place.version}, type,
    schema_version, occurred_at, utc_offset, recorded_at, command_id, correlation_id, causation_id, actor, data, hash
    from events e where position = 3`;
}

/** Every database that the service runs on; the suites run over each of them. */
export const DATABASES: readonly DatabaseUnderTest[] = [
  {
    name: 'SQLite',
    open: () => SqliteTestDatabase.open(),
    waysAround: [
      { what: 'a replacement at its position', sql: again({ position: '4', version: NEXT_VERSION }) },
      { what: 'a replacement at its version', sql: again({ position: '11', version: 'version' }) },
      { what: 'a replacement at both', sql: again({ position: '3', version: 'version' }) },
    ],
  },
  {
    name: 'PostgreSQL',
    open: () => PostgresqlTestDatabase.open(),
    waysAround: [
      { what: 'truncation', sql: 'truncate events' },
      {
        what: 'a replacement on conflict',
        sql: `insert into events select * from events where position = 3
          on conflict (user_id, position) do update set type = 'memory.formed'`,
      },
      {
        what: 'a merge',
        sql: `merge into events e using (values (3)) v(p) on e.position = v.p when matched then delete`,
      },
    ],
  },
];

const FILE = 'edgesoul.db';
const MOST_ROWS = 1_000_000;
/** What shares a commit must not depend on how fast the machine is. */
const UNHURRIED = { batchMs: 60_000 };

// Every commit waits for the disk, and a machine under load must not fail a test.
jest.setTimeout(60_000);

let migrated: Promise<string> | undefined;

afterAll(async () => {
  if (migrated) await rm(dirname(await migrated), { recursive: true });
  await dropTemplate();
});

/** A database file that `migrate` has made, in a folder of its own; the caller removes the folder. */
export async function migratedFile(): Promise<string> {
  migrated ??= migratedTemplate();
  return copied(await migrated);
}

async function migratedTemplate(): Promise<string> {
  const file = join(await scratchFolder(), FILE);
  await migrate({ file });
  // The copies write ahead from the start.
  openForWriting(file).close();
  return file;
}

/** A new folder below the system's own for such things. */
export function scratchFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'edgesoul-contract-'));
}

/** A copy of the file and of its write-ahead log as they are on disk, which is all that a killed process leaves. */
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

  writer(folds: EventFolds, { clock = Date.now, limits, log = this.log }: WriterOptions = {}): EventWriter {
    const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock };
    return new EventWriter(log, parts, { ...DEFAULT_LIMITS, ...UNHURRIED, ...limits });
  }

  async rows<Row extends object>(table: Table<Row>): Promise<Row[]> {
    return this.opened.rows.list(table, { filters: [], order: table.key, limit: MOST_ROWS }) as Row[];
  }

  get reads(): Reads {
    return this.opened.reads;
  }

  async candidates(userId: string, anyOf: readonly string[]): Promise<number[]> {
    const found = this.opened.rows.fullText(memoriesTable).candidates(userId, anyOf, MOST_ROWS, MOST_ROWS);
    return found.toSorted((a, b) => a - b);
  }

  async frequency(userId: string, term: string): Promise<number> {
    return this.opened.rows.fullText(memoriesTable).frequency(userId, term);
  }

  async plant<Row extends object>(table: Table<Row>, row: Row): Promise<void> {
    const key = table.key.map((column) => (row as Record<string, Key>)[column] as Key);
    const change: RowChange = { key, before: undefined, after: row };
    this.opened.rows.save(new Map([[table, new Map([[keyText(key), change]])]]));
  }

  /** Over a connection as the service opens it: a plain one can get round the triggers, which only the chain shows. */
  async execute(sql: string): Promise<void> {
    const other = openForWriting(this.opened.file);
    try {
      other.exec(sql);
    } finally {
      other.close();
    }
  }

  async tamper(sql: string): Promise<void> {
    this.beside((other) => {
      const triggers = other.prepare(`select name from sqlite_master where type = 'trigger'`).pluck().all();
      other.exec(triggers.map((name) => `drop trigger ${String(name)};`).join(' '));
      other.exec(sql);
    });
  }

  /** Over a connection of its own. */
  private beside(work: (other: Database.Database) => void): void {
    const other = new Database(this.opened.file);
    try {
      work(other);
    } finally {
      other.close();
    }
  }

  async reopen(): Promise<void> {
    const { file } = this.opened;
    const left = await copied(file);
    await this.close();
    this.opened = openFile(left);
  }

  async close(): Promise<void> {
    this.opened.close();
    await rm(dirname(this.opened.file), { recursive: true });
  }
}

class PostgresqlTestDatabase implements TestDatabase {
  private constructor(
    private readonly url: string,
    private pool: pg.Pool,
  ) {}

  static async open(): Promise<PostgresqlTestDatabase> {
    const url = await migratedDatabase();
    return new PostgresqlTestDatabase(url, openPool(url, 8, { pipeline: true }));
  }

  get log(): EventLog {
    return new PostgresqlEventLog(this.pool);
  }

  writer(folds: EventFolds, { clock = Date.now, limits, log = this.log }: WriterOptions = {}): EventWriter {
    const parts = { catalog: new EventCatalog(), codec: jsonCodec, folds, clock };
    return new EventWriter(log, parts, { ...DEFAULT_LIMITS, ...UNHURRIED, ...limits });
  }

  async rows<Row extends object>(table: Table<Row>): Promise<Row[]> {
    return this.reads.list(table, { filters: [], order: table.key, limit: MOST_ROWS });
  }

  get reads(): PostgresqlReads {
    return new PostgresqlReads(this.pool);
  }

  async candidates(userId: string, anyOf: readonly string[]): Promise<number[]> {
    const weighed = anyOf.map((term) => [term, 1] as const);
    const found = await this.reads.candidates({ userId, anyOf: weighed, limit: MOST_ROWS, among: MOST_ROWS });
    return found.toSorted((a, b) => a - b);
  }

  frequency(userId: string, term: string): Promise<number> {
    return this.reads.frequency(userId, term);
  }

  async plant<Row extends object>(table: Table<Row>, row: Row): Promise<void> {
    const key = table.key.map((column) => (row as Record<string, Key>)[column] as Key);
    const change: RowChange = { key, before: undefined, after: row };
    await this.log.transaction((transaction) =>
      transaction.save(new Map([[table, new Map([[keyText(key), change]])]])),
    );
  }

  async execute(sql: string): Promise<void> {
    await runSql(this.url, sql);
  }

  async tamper(sql: string): Promise<void> {
    await runSql(this.url, `alter table events disable trigger user; ${sql}`);
  }

  async reopen(): Promise<void> {
    await this.pool.end();
    this.pool = openPool(this.url, 8, { pipeline: true });
  }

  async close(): Promise<void> {
    await this.pool.end();
    await dropDatabase(this.url);
  }
}

interface OpenedFile {
  file: string;
  log: EventLog;
  rows: SqliteRows;
  reads: Reads;
  close(): void;
}

function openFile(file: string): OpenedFile {
  const db = openForWriting(file);
  const close = () => db.close();
  return { file, log: new SqliteEventLog(db), rows: new SqliteRows(db), reads: new ReadsHere(db), close };
}
