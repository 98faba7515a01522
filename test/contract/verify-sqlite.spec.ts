import { copyFile, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { openForWriting } from '../../src/database/sqlite/open-sqlite.js';
import { SqliteEventLog } from '../../src/events/log/sqlite-event-log.js';
import { append, joy } from '../support/appends.js';
import { liveFolds } from '../support/folds.js';
import { migratedFile } from '../support/scratch.js';
import { writerOver } from '../support/test-database.js';
import { verified, problemsIn } from '../support/verified.js';

const PAGE = 4096;
const EVENTS = 600;

describe('SQLite: verification of a file', () => {
  let file: string;
  const address = () => ({ address: { file } });

  /** Writes one event for each of many users, so that rows and log fill many pages. */
  async function write(): Promise<void> {
    const db = openForWriting(file);
    const writer = writerOver(new SqliteEventLog(db), liveFolds());
    const events = Array.from({ length: EVENTS }, (_, i) =>
      append([joy(`emotion:user-${i}`)], { userId: `user-${i}` }),
    );
    await Promise.all(events.map((event) => writer.write(event)));
    db.close();
  }

  beforeEach(async () => {
    file = await migratedFile();
    await write();
  });

  afterEach(() => rm(dirname(file), { recursive: true }));

  it('finds nothing wrong in an intact file', async () => {
    expect(await verified(address())).toMatchObject({ ok: true, events: EVENTS });
  });

  it('reports a missing end of the log, which leaves no gap', async () => {
    const db = new Database(file);
    db.exec(`drop trigger events_no_delete; delete from events where position > ${EVENTS - 2}`);
    db.close();

    const { findings } = await verified(address());

    expect(findings).toContainEqual({
      check: 'missing-end',
      position: EVENTS - 1,
      what: `the log ends at ${EVENTS - 2}, but position ${EVENTS} was once assigned: the last events are missing`,
    });
  });

  it('reports a damaged page', async () => {
    const db = new Database(file, { readonly: true });
    const page = db
      .prepare(`select rootpage from sqlite_schema where name = 'events_user'`)
      .pluck()
      .get() as number;
    db.close();
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(200, 0x5a), 0, 200, (page - 1) * PAGE);
    await handle.close();

    const { findings } = await verified(address());

    expect(findings.map(({ check }) => check)).toContain('storage');
  });

  it('reports a write-ahead log that does not belong to the file', async () => {
    const before = await readFile(file);
    const db = openForWriting(file);
    const writer = writerOver(new SqliteEventLog(db), liveFolds());
    for (let i = 0; i < 20; i++) await writer.write(append([joy('emotion:late')], { userId: 'late' }));
    await copyFile(`${file}-wal`, `${file}-kept`);
    db.close();
    await write();
    // The file beside a write-ahead log of an earlier time, as a careless copy leaves them.
    const now = await readFile(file);
    expect(now.equals(before)).toBe(false);
    await writeFile(`${file}-wal`, await readFile(`${file}-kept`));

    const report = await verified(address());

    expect(report.ok).toBe(false);
    expect(problemsIn(report)).toEqual(expect.arrayContaining(['storage']));
    expect(report.findings[0]?.what).toContain('-wal');
  });
});
