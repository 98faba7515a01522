import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openForWriting } from '../../src/database/sqlite/open-sqlite.js';
import { copySqliteFile, quickCheck } from '../../src/store/sqlite/database-file.js';
import { scratchFolder } from '../support/scratch.js';

/** Some 16 MiB, so that the copy takes several steps. */
const ROWS = 4_000;

describe('a copy of a SQLite file that is being written to', () => {
  let folder: string;
  let writer: Database.Database;

  beforeEach(async () => {
    folder = await scratchFolder();
    writer = openForWriting(join(folder, 'source.db'));
    writer.exec('create table things (id integer primary key, content blob)');
    const add = writer.prepare('insert into things (content) values (randomblob(4000))');
    writer.transaction(() => {
      for (let i = 0; i < ROWS; i++) add.run();
    })();
  });

  afterEach(async () => {
    writer.close();
    await rm(folder, { recursive: true });
  });

  it('never restarts, ends, and is a snapshot of the time at which it began', async () => {
    const add = writer.prepare('insert into things (content) values (randomblob(4000))');
    const copied: number[] = [];
    // Every step of the copy is followed by a commit over another connection.
    await copySqliteFile(join(folder, 'source.db'), join(folder, 'copy.db'), (done) => {
      copied.push(done);
      add.run();
      writer.prepare('update things set content = randomblob(4000) where id = 1').run();
      if (copied.length > 50) throw new Error('The copy does not end.');
    });

    expect(copied.length).toBeGreaterThan(3);
    expect(copied).toEqual(copied.toSorted((a, b) => a - b));
    expect(quickCheck(join(folder, 'copy.db'))).toEqual([]);
    const copy = new Database(join(folder, 'copy.db'), { readonly: true });
    expect(copy.prepare('select count(*) from things').pluck().get()).toBe(ROWS);
    copy.close();
    expect(writer.prepare('select count(*) from things').pluck().get()).toBe(ROWS + copied.length);
  });

  it('is complete without a write-ahead log', async () => {
    await copySqliteFile(join(folder, 'source.db'), join(folder, 'copy.db'));
    expect(existsSync(join(folder, 'copy.db-wal'))).toBe(false);
    const copy = new Database(join(folder, 'copy.db'), { readonly: true });
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    copy.close();
  });
});
