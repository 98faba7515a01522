import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { openForReading, openForWriting } from '../../src/database/sqlite/open-sqlite.js';
import { StartRefused } from '../../src/errors.js';
import { SqliteEventLog } from '../../src/events/log/sqlite-event-log.js';
import { SqliteEventReader } from '../../src/events/log/sqlite-event-reader.js';
import { loadDeciders } from '../../src/modules/command-catalog.js';
import { openStore } from '../../src/store/open-store.js';
import { takeDataFolder } from '../../src/store/sqlite/data-folder.js';
import { brokenAt } from '../support/event-chain.js';
import { Program } from '../support/run-program.js';
import { migratedFile, scratchFolder } from '../support/scratch.js';

/** The value of SQLite's `pragma synchronous` for FULL. */
const SYNCHRONOUS_FULL = 2;
const COMMITS = 40;

/** Whether system calls can be counted here; strace may be missing, or forbidden in a container. */
const countsSystemCalls = spawnSync('strace', ['-c', '-o', '/dev/null', 'true']).status === 0;

function pragma(db: Database.Database, name: string): unknown {
  return db.pragma(name, { simple: true });
}

/** The number of fsync and fdatasync calls of a program that makes so many commits. */
async function syncsOf(file: string, commits: number): Promise<number> {
  const calls = `${file}.calls`;
  const strace = ['strace', '-f', '--seccomp-bpf', '-e', 'trace=fsync,fdatasync', '-o', calls];
  await Program.start('append-events', [file, String(commits)], strace).finished();
  return readFileSync(calls, 'utf8').match(/\b(fsync|fdatasync)\(/g)?.length ?? 0;
}

describe('the connection of the SQLite writer', () => {
  let file: string;
  let db: Database.Database;

  beforeEach(async () => {
    file = await migratedFile();
    db = openForWriting(file);
  });

  afterEach(async () => {
    db.close();
    await rm(dirname(file), { recursive: true });
  });

  it('uses WAL and syncs every commit when it creates the file', async () => {
    const created = openForWriting(join(dirname(file), 'new.db'));
    const settings = [
      pragma(created, 'journal_mode'),
      pragma(created, 'synchronous'),
      pragma(created, 'foreign_keys'),
    ];
    created.close();

    expect(settings).toEqual(['wal', SYNCHRONOUS_FULL, 1]);
  });

  it('uses WAL and syncs every commit when the file is in WAL mode already', () => {
    const before = [pragma(db, 'journal_mode'), pragma(db, 'synchronous')];
    db.close();
    db = openForWriting(file);
    // Reads first: SQLite applies its default for WAL on the first access to the file.
    db.prepare('select count(*) from events').get();

    expect(before).toEqual(['wal', SYNCHRONOUS_FULL]);
    expect([pragma(db, 'journal_mode'), pragma(db, 'synchronous')]).toEqual(['wal', SYNCHRONOUS_FULL]);
  });

  if (countsSystemCalls) {
    it('calls fsync at least once for every commit', async () => {
      // Opening and closing the file sync too.
      const idle = await syncsOf(file, 0);
      const busy = await syncsOf(file, COMMITS);

      expect(busy - idle).toBeGreaterThanOrEqual(COMMITS);
    });
  }

  it('takes the write lock when a transaction begins, before it has written anything', async () => {
    const other = new Database(file, { timeout: 0 });
    const write = other.prepare(`insert into checkpoints values ('x', 1, 1)`);
    const codes: unknown[] = [];

    await new SqliteEventLog(db).transaction(() => {
      try {
        write.run();
      } catch (error) {
        codes.push((error as { code: unknown }).code);
      }
    });
    const { changes } = write.run();
    other.close();

    expect(codes).toEqual(['SQLITE_BUSY']);
    expect(changes).toBe(1);
  });

  it('hides a transaction from other connections until the commit, and does not block them', async () => {
    const other = openForReading(file);
    const reader = new SqliteEventReader(other);
    const counts = other.prepare('select count(*) from checkpoints').pluck();
    const seen: unknown[] = [];

    await new SqliteEventLog(db).transaction(() => {
      db.prepare(`insert into checkpoints values ('x', 1, 1)`).run();
      seen.push(counts.get(), reader.head().position);
    });
    seen.push(counts.get());
    other.close();

    expect(seen).toEqual([0, 0, 1]);
  });

  it('rolls back a transaction whose work throws, and can begin the next one', async () => {
    const log = new SqliteEventLog(db);
    const broken = log.transaction(() => {
      db.prepare(`insert into checkpoints values ('x', 1, 1)`).run();
      throw new RangeError('broken');
    });

    await expect(broken).rejects.toThrow('broken');
    expect(await log.transaction(() => db.inTransaction)).toBe(true);
    expect(db.prepare('select count(*) from checkpoints').pluck().get()).toBe(0);
  });

  it('reports database.unavailable when the disk is full, and recovers once there is room', async () => {
    const log = new SqliteEventLog(db);
    const fill = () =>
      log.transaction(() => {
        for (let i = 0; i < 50; i++) {
          db.prepare('insert into checkpoints values (?, 1, 1)').run(`${i}-${'x'.repeat(4_000)}`);
        }
      });
    // At this limit SQLite returns the same error as on a full disk.
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);

    await expect(fill()).rejects.toMatchObject({ status: 503, code: 'database.unavailable' });
    expect(db.prepare('select count(*) from checkpoints').pluck().get()).toBe(0);

    db.pragma('max_page_count = 1000000');
    await fill();
    expect(db.prepare('select count(*) from checkpoints').pluck().get()).toBe(50);
  });

  it('never assigns a position twice', () => {
    const sql = db
      .prepare(`select sql from sqlite_master where type = 'table' and name = 'events'`)
      .pluck()
      .get();

    expect(sql).toMatch(/position integer not null primary key autoincrement/i);
  });

  it('is the only kind that can write: a connection for reading is refused', () => {
    const other = openForReading(file);
    const write = () => other.exec(`insert into checkpoints values ('x', 1, 1)`);

    expect(write).toThrow(
      expect.objectContaining({
        code: 'database.unavailable',
        cause: expect.objectContaining({ code: 'SQLITE_READONLY' }) as unknown,
      }),
    );
    other.close();
  });
});

describe('a process that is killed while it writes', () => {
  it('leaves every answered event on disk, once, in an unbroken hash chain', async () => {
    const file = await migratedFile();
    const program = Program.start('append-events', [file, '1000000']);
    await program.waitForLines(60);
    await program.kill();
    const answered = program.lines.slice(1);

    const db = openForReading(file);
    const events = new SqliteEventReader(db).read({ after: 0, limit: 1_000_000 });
    const keys = new Set(db.prepare('select idempotency_key from receipts').pluck().all());
    db.close();
    await rm(dirname(file), { recursive: true });

    expect(answered.filter((key) => !keys.has(key))).toEqual([]);
    expect(events).toHaveLength(keys.size);
    expect(brokenAt(events)).toBeUndefined();
  });
});

describe('the data folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = join(await scratchFolder(), 'below', 'data');
  });

  afterEach(() => rm(join(folder, '..', '..'), { recursive: true }));

  it('is created when it does not exist, and taking it returns the path of the database file', () => {
    const lock = takeDataFolder(folder);
    lock.release();

    expect(lock.file).toBe(join(folder, 'edgesoul.db'));
  });

  it('has one owner, and a second one is refused with the process id of the first', () => {
    const lock = takeDataFolder(folder);
    const takeAgain = () => takeDataFolder(folder);

    expect(takeAgain).toThrow(StartRefused);
    expect(takeAgain).toThrow(`pid ${process.pid}`);
    expect(takeAgain).toThrow(folder);
    lock.release();
  });

  it('can be taken again after it was released', () => {
    takeDataFolder(folder).release();
    const lock = takeDataFolder(folder);
    lock.release();

    expect(lock.file).toBe(join(folder, 'edgesoul.db'));
  });

  it('stays locked by another process until that process is killed', async () => {
    const holder = Program.start('hold-folder', [folder]);
    await holder.waitForLines(1);

    expect(() => takeDataFolder(folder)).toThrow(`pid ${holder.pid}`);
    await holder.kill();
    const lock = takeDataFolder(folder);

    expect(await readFile(join(folder, 'edgesoul.owner'), 'utf8')).toContain(`"pid":${process.pid}`);
    lock.release();
  });

  it('is refused in one sentence when a file is in its place', async () => {
    await writeFile(join(folder, '..', '..', 'below'), 'a file');

    expect(() => takeDataFolder(folder)).toThrow(StartRefused);
    expect(() => takeDataFolder(folder)).toThrow(`DATA_DIR ${folder} cannot be used`);
  });

  it('is released by a store that could not open', async () => {
    const first = takeDataFolder(folder);
    await writeFile(first.file, 'this is no database, but long enough to look like one'.repeat(100));
    first.release();

    await expect(openStore({ databaseUrl: undefined, dataDir: folder }, loadDeciders)).rejects.toThrow(
      StartRefused,
    );
    await rm(first.file);
    takeDataFolder(folder).release();
  });
});
