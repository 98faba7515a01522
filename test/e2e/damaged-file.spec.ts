import { open } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { joyfulTurn } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

const PAGE_BYTES = 4_096;

/** Overwrites every page of a table or index of a stopped store with bytes that no valid page begins with. */
async function overwrite(store: Store, relation: string): Promise<void> {
  const path = join(store.dataDir, 'edgesoul.db');
  const db = new Database(path);
  db.pragma('wal_checkpoint(truncate)');
  const pages = db.prepare('select pageno from dbstat where name = ?').pluck().all(relation) as number[];
  db.close();
  expect(pages.length).toBeGreaterThan(0);
  const file = await open(path, 'r+');
  for (const page of pages)
    await file.write(Buffer.alloc(PAGE_BYTES, 0xff), 0, PAGE_BYTES, (page - 1) * PAGE_BYTES);
  await file.close();
}

describe('a SQLite file with damaged pages', () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.start();
    for (let i = 0; i < 5; i++) await store.user('ada').post('/turns', joyfulTurn());
    await store.stop();
    await overwrite(store, 'profiles');
    await overwrite(store, 'emotion_patterns');
    await store.restart();
  });

  afterAll(() => store.remove());

  it.each([
    ['a read on the main thread', () => store.user('ada').get('/profile')],
    ['a scan in a read thread', () => store.user('ada').get('/emotions')],
    ['a command in the writer thread', () => store.user('ada').post('/turns', joyfulTurn())],
  ])('is reported as database.damaged by %s', async (_where, send) => {
    expect(refusalOf(await send())).toBe('500 database.damaged');
  });

  it('makes readiness report the damage, and its places once the file was checked', async () => {
    let ready = await store.get<{ details: { database: { places?: string[] } } }>('/health/ready');
    expect(ready).toMatchObject({
      status: 503,
      body: { details: { database: { status: 'down', code: 'database.damaged' } } },
    });
    while (ready.body.details.database.places?.length === 0) ready = await store.get('/health/ready');
    expect(ready.body.details.database.places?.join()).toMatch(/table (profiles|emotion_patterns)/);
    expect((await store.get<string>('/metrics')).text).toMatch(/^edgesoul_ready 0$/m);
    const lines = store.log.filter((line) => line.includes('"the database is damaged"'));
    expect(lines).toHaveLength(1);
  });

  it('still serves data from its undamaged pages', async () => {
    expect((await store.user('ada').get('/conversation')).status).toBe(200);
    expect((await store.get('/v1/events')).status).toBe(200);
  });

  it('is reported as damaged by the command line, without a stack trace', async () => {
    await store.stop();
    const verified = await edgesoul(['verify'], store.settings);
    expect([verified.code, verified.stdout]).toEqual([3, expect.stringMatching(/storage: /)]);
    const backup = await edgesoul(['backup'], store.settings);
    expect([backup.code, backup.stderr]).toEqual([1, expect.stringMatching(/^The database is damaged: /)]);
    expect(backup.stderr).toMatch(/\n {2}table profiles: /);
    const rebuilt = await edgesoul(['reset', '--yes', '--json'], store.settings);
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({
      error: { code: 'database.damaged', places: expect.arrayContaining([expect.stringMatching(/^table /)]) },
    });
    for (const { stderr } of [verified, backup]) expect(stderr).not.toMatch(/\n\s+at |SqliteError/);
  });
});
