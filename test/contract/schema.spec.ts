import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/sqlite';
import Database from 'better-sqlite3';
import { StartRefused } from '../../src/errors.js';
import { LOG_TABLES } from '../../src/events/log/log-tables.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { migrate } from '../../src/store/migrate.js';
import { ormOptions } from '../../src/store/orm-options.js';
import { scratchFolder } from '../support/scratch.js';

const TABLES = [...LOG_TABLES, ...PROJECTIONS.flatMap(({ tables }) => tables)];

/** The SQL that MikroORM would run to make the file match the declared tables. */
async function difference(file: string): Promise<string> {
  const orm = await MikroORM.init(ormOptions({ file }));
  try {
    return (await orm.schema.getUpdateSchemaSQL()).replaceAll(/\n{2,}/g, '\n');
  } finally {
    await orm.close();
  }
}

function run(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

/** The protection of the log is plain SQL per database, declared in no table, so the ORM would drop it. */
const UNDECLARED = [
  'events_no_delete',
  'events_no_update',
  'store_identity_no_second',
  'store_identity_no_update',
  'store_identity_no_delete',
]
  .map((trigger) => `drop trigger if exists \`${trigger}\`;\n`)
  .join('');

describe('the schema on SQLite', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await scratchFolder();
    file = join(folder, 'edgesoul.db');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is created by the migrations exactly as the tables are declared', async () => {
    await migrate({ file });

    expect(await difference(file)).toBe(UNDECLARED);
  });

  const DEVIATIONS = [
    ['drop index memories_newest', 'create index `memories_newest`'],
    ['drop index streams_key', 'create unique index `streams_key`'],
    ['alter table profiles add column stray text', 'drop column `stray`'],
    ['alter table memory_summaries drop column newest_at', 'add column `newest_at`'],
    ['drop table activity_days', 'create table `activity_days`'],
    ['create table stray (a text)', 'drop table if exists `stray`'],
  ] as const;

  it.each(DEVIATIONS)('is reported as different after "%s"', async (sql, cure) => {
    await migrate({ file });
    run(file, sql);

    expect(await difference(file)).toContain(cure);
  });

  it('has the user id first in every key and index of a projection', () => {
    const projected = PROJECTIONS.flatMap(({ tables }) => tables);

    expect(projected.filter(({ key }) => key[0] !== 'userId').map(({ name }) => name)).toEqual([]);
    expect(
      projected.flatMap(({ indexes }) => indexes.filter(({ columns }) => columns[0] !== 'userId')),
    ).toEqual([]);
  });

  it('has a unique name for every table and index', () => {
    const names = TABLES.flatMap(({ name, indexes }) => [name, ...indexes.map((index) => index.name)]);

    expect(new Set(names).size).toBe(names.length);
  });
});

describe('migrating a database file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await scratchFolder();
    file = join(folder, 'edgesoul.db');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('runs each migration once, and returns the names of those it ran', async () => {
    expect(await migrate({ file })).toContain('0001-initial');
    expect(await migrate({ file })).toEqual([]);
  });

  it('leaves stored rows unchanged', async () => {
    await migrate({ file });
    run(file, `insert into checkpoints values ('memory-index', 1, 42)`);

    await migrate({ file });

    const db = new Database(file);
    expect(db.prepare('select * from checkpoints').all()).toEqual([
      { projection: 'memory-index', version: 1, position: 42 },
    ]);
    db.close();
  });

  it('refuses a file that a newer release has migrated, and names the migration', async () => {
    await migrate({ file });
    run(file, `insert into mikro_orm_migrations (name) values ('0099-from-the-future')`);

    await expect(migrate({ file })).rejects.toThrow(StartRefused);
    await expect(migrate({ file })).rejects.toThrow('newer release (0099-from-the-future)');
  });

  it('treats an empty file as a new database', async () => {
    await writeFile(file, '');

    expect(await migrate({ file })).toContain('0001-initial');
  });

  const UNUSABLE: [string, (path: string) => Promise<unknown>, string][] = [
    ['is text', (path) => writeFile(path, 'This is no database.\n'.repeat(500)), 'file is not a database'],
    ['is a few bytes', (path) => writeFile(path, 'no'), 'file is not a database'],
    ['is a folder', (path) => mkdir(path), 'unable to open database file'],
    ['is a database that was cut off', (path) => cutOff(path), 'malformed'],
    ['is the database of another program', (path) => foreign(path), 'already exists'],
  ];

  it.each(UNUSABLE)('refuses in one sentence a path that %s', async (_what, make, why) => {
    await make(file);
    const refused = migrate({ file });

    await expect(refused).rejects.toThrow(StartRefused);
    await expect(refused).rejects.toThrow(`The database ${file} cannot be opened or migrated: `);
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.toThrow(/^[^\n]+$/);
  });

  it('refuses a folder that does not exist', async () => {
    const missing = join(folder, 'missing', 'edgesoul.db');

    await expect(migrate({ file: missing })).rejects.toThrow(StartRefused);
  });
});

/** Writes a database of several pages and keeps only the first. */
async function cutOff(file: string): Promise<void> {
  run(file, `create table a (b text); insert into a select hex(randomblob(9000)) from json_each('[1, 2]')`);
  await truncate(file, 4_096);
}

async function foreign(file: string): Promise<void> {
  run(file, 'create table events (id integer primary key, title text)');
}
