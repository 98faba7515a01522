import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { existingStore } from '../../src/store/check-store.js';
import { dropDatabase, emptyDatabase, migratedDatabase } from '../support/postgresql-databases.js';
import { migratedFile } from '../support/scratch.js';

async function messageFor(address: Parameters<typeof existingStore>[0]): Promise<string> {
  try {
    await existingStore(address);
    return 'accepted';
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

  const sqlite = (sql: string, path = file) => {
    const db = new Database(path);
    db.exec(sql);
    db.close();
  };

  it('accepts a store of this release', async () => {
    const migrated = await migratedFile();
    expect(await messageFor({ file: migrated })).toBe('accepted');
    await rm(dirname(migrated), { recursive: true });
  });

  it.each<[string, () => unknown, RegExp]>([
    ['does not exist', () => undefined, /There is no store in/],
    ['is empty', () => writeFile(file, ''), /is not an EdgeSoul store;/],
    [
      'is not a database',
      () => writeFile(file, 'x'.repeat(5_000)),
      /is not an EdgeSoul store \(file is not a database/,
    ],
    ['belongs to another program', () => sqlite('create table notes (text)'), /is not an EdgeSoul store;/],
  ])('refuses a file that %s', async (_what, make, message) => {
    await make();
    expect(await messageFor({ file })).toMatch(message);
  });

  it('refuses a store of a newer release, and asks to migrate one of an older release', async () => {
    const migrated = await migratedFile();
    sqlite(`insert into mikro_orm_migrations (name, executed_at) values ('0099-later', 0)`, migrated);
    expect(await messageFor({ file: migrated })).toMatch(/newer release \(0099-later\)/);
    sqlite(`delete from mikro_orm_migrations where name in ('0099-later', '0003-operations')`, migrated);
    expect(await messageFor({ file: migrated })).toMatch(
      /older release \(missing migrations: 0003-operations\).*migrate/,
    );
    expect(await existingStore({ file: migrated }, { allowOlder: true })).toEqual({ file: migrated });
    await rm(dirname(migrated), { recursive: true });
  });

  it('distinguishes an empty PostgreSQL database from a missing one, and never shows the password', async () => {
    const [empty, store] = await Promise.all([emptyDatabase(), migratedDatabase()]);
    try {
      expect(await messageFor({ url: store })).toBe('accepted');
      expect(await messageFor({ url: empty })).toMatch(/is not an EdgeSoul store;/);
      const absent = Object.assign(new URL(store), { pathname: '/absent' }).href;
      const message = await messageFor({ url: absent });
      expect(message).toMatch(/database "absent" does not exist \(there is no such database/);
      expect(message).not.toContain(new URL(store).password + '@');
      const nowhere = Object.assign(new URL(store), { port: '1' }).href;
      expect(await messageFor({ url: nowhere })).toMatch(/connect ECONNREFUSED .*\(nothing listens there/);
    } finally {
      await Promise.all([empty, store].map(dropDatabase));
    }
  });
});
