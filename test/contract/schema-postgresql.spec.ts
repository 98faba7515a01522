import { MikroORM } from '@mikro-orm/core';
import { MIGRATIONS } from '../../migrations/names.js';
import { StartRefused } from '../../src/errors.js';
import { loadDeciders } from '../../src/modules/command-catalog.js';
import { migrate } from '../../src/store/migrate.js';
import { ormOptions } from '../../src/store/orm-options.js';
import { openPostgresqlStore } from '../../src/store/postgresql/postgresql-store.js';
import { dropDatabase, emptyDatabase, runSql } from '../support/postgresql-databases.js';

/** The SQL that MikroORM would run to make the database match the declared tables. */
async function difference(url: string): Promise<string[]> {
  const orm = await MikroORM.init(ormOptions({ url }));
  try {
    const sql = await orm.schema.getUpdateSchemaSQL();
    return sql.split('\n').filter((line) => line !== '' && !line.startsWith('set names'));
  } finally {
    await orm.close();
  }
}

/** The protection of the log is plain SQL per database, declared in no table, so the ORM would drop it. */
const UNDECLARED = [
  'drop trigger if exists "events_no_change" on "events";',
  'drop function if exists "events_events_no_change_fn"();',
  'drop trigger if exists "store_identity_no_change" on "store_identity";',
  'drop function if exists "store_identity_store_identity_no_change_fn"();',
];

describe('the schema on PostgreSQL', () => {
  let url: string;

  beforeEach(async () => {
    url = await emptyDatabase();
  });

  afterEach(() => dropDatabase(url));

  it('is created by the migrations exactly as the tables are declared', async () => {
    expect(await migrate({ url })).toEqual(MIGRATIONS);

    expect(await difference(url)).toEqual(UNDECLARED);
    expect(await migrate({ url })).toEqual([]);
  });

  it.each([
    ['drop index memories_newest', 'create index "memories_newest"'],
    ['alter table profiles add column stray text', 'drop column "stray"'],
    ['alter table memory_summaries drop column newest_at', 'add "newest_at"'],
    ['alter table emotion_patterns alter column mean_intensity type real', 'double precision'],
    ['drop table activity_days', 'create table "activity_days"'],
  ])('is reported as different after "%s"', async (sql, cure) => {
    await migrate({ url });
    await runSql(url, sql);

    expect((await difference(url)).join('\n')).toContain(cure);
  });

  it('compares the text of keys by its bytes, whatever the locale of the database', async () => {
    await migrate({ url });

    const { rows } = await runSql(
      url,
      `select c.relname, a.attname from pg_index i join pg_class c on c.oid = i.indrelid
         join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
         join pg_collation l on l.oid = a.attcollation
       where c.relnamespace = current_schema()::regnamespace and l.collname <> 'C' and c.relname <> 'mikro_orm_migrations'`,
    );
    expect(rows).toEqual([]);
  });

  it('cannot be used by a release older than its last migration', async () => {
    await migrate({ url });
    await runSql(
      url,
      `insert into mikro_orm_migrations (name, executed_at) values ('9999-from-the-future', now())`,
    );

    await expect(migrate({ url })).rejects.toThrow('9999-from-the-future');
  });
});

/** The URL of the run's server with some parts replaced. */
function serverUrl(change: Partial<URL>): string {
  return Object.assign(new URL(process.env.TEST_POSTGRESQL_URL ?? ''), change).href;
}

describe('opening the store in a PostgreSQL database that cannot be used', () => {
  it.each([
    ['a wrong password', () => serverUrl({ password: 'wrong' }), 'the password is wrong'],
    [
      'a database that does not exist',
      () => serverUrl({ pathname: '/nowhere' }),
      'there is no such database',
    ],
    ['a port where nothing listens', () => serverUrl({ port: '1' }), 'nothing listens there'],
    ['a host that does not exist', () => serverUrl({ hostname: 'nowhere.invalid' }), 'host'],
  ])('fails with the reason: %s', async (_, url, why) => {
    const refused = await openPostgresqlStore(url(), loadDeciders).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(StartRefused);
    expect((refused as Error).message).toContain(why);
    expect((refused as Error).message).not.toContain('wrong@');
  });
});
