import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { existingStore } from '../../src/store/check-store.js';
import {
  dropDatabase,
  dropTemplate,
  emptyDatabase,
  migratedDatabase,
} from '../support/postgresql-databases.js';
import { migratedFile } from '../support/sqlite-test-database.js';

async function said(address: Parameters<typeof existingStore>[0]): Promise<string> {
  try {
    await existingStore(address);
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a command that needs a store', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgesoul-check-'));
    file = join(folder, 'edgesoul.db');
  });

  afterEach(() => rm(folder, { recursive: true }));
  afterAll(dropTemplate);

  const sqlite = (sql: string, at = file) => {
    const db = new Database(at);
    db.exec(sql);
    db.close();
  };

  it('takes one of this release', async () => {
    const migrated = await migratedFile();
    expect(await said({ file: migrated })).toBe('taken');
    await rm(dirname(migrated), { recursive: true });
  });

  it.each<[string, () => unknown, RegExp]>([
    ['is not there', () => undefined, /There is no store in/],
    ['is empty', () => writeFile(file, ''), /is not an EdgeSoul store;/],
    [
      'is no database',
      () => writeFile(file, 'x'.repeat(5_000)),
      /is not an EdgeSoul store \(file is not a database/,
    ],
    ['is of another program', () => sqlite('create table notes (text)'), /is not an EdgeSoul store;/],
  ])('refuses what %s, and leaves it as it is', async (_what, make, message) => {
    await make();
    expect(await said({ file })).toMatch(message);
  });

  it('sends one of an older release to be migrated, and one of a newer release to that', async () => {
    const migrated = await migratedFile();
    sqlite(`insert into mikro_orm_migrations (name, executed_at) values ('0099-later', 0)`, migrated);
    expect(await said({ file: migrated })).toMatch(/newer release \(0099-later\)/);
    sqlite(`delete from mikro_orm_migrations where name in ('0099-later', '0003-operations')`, migrated);
    expect(await said({ file: migrated })).toMatch(
      /older release \(missing migrations: 0003-operations\).*migrate/,
    );
    expect(await existingStore({ file: migrated }, { allowOlder: true })).toEqual({ file: migrated });
    await rm(dirname(migrated), { recursive: true });
  });

  it('tells a PostgreSQL database without a store from one that is not there, and never its password', async () => {
    const [empty, store] = await Promise.all([emptyDatabase(), migratedDatabase()]);
    try {
      expect(await said({ url: store })).toBe('taken');
      expect(await said({ url: empty })).toMatch(/is not an EdgeSoul store;/);
      const absent = Object.assign(new URL(store), { pathname: '/absent' }).href;
      const message = await said({ url: absent });
      expect(message).toMatch(/database "absent" does not exist \(there is no such database/);
      expect(message).not.toContain(new URL(store).password + '@');
      const nowhere = Object.assign(new URL(store), { port: '1' }).href;
      expect(await said({ url: nowhere })).toMatch(/connect ECONNREFUSED .*\(nothing listens there/);
    } finally {
      await Promise.all([empty, store].map(dropDatabase));
    }
  });
});
