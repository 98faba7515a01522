import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { databaseFile, takeDataFolder } from '../../src/store/sqlite/data-folder.js';
import { truthOf, type Truth } from '../support/backups.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

jest.setTimeout(60_000);

/** The last thing before the database is swapped, the moment in which neither has its place, and the last thing of all. */
const STEPS = {
  'rename edgesoul.swap.json.writing': 'old',
  'rename edgesoul.db.restoring': 'new',
  'remove edgesoul.swap.json': 'new',
} as const;

let store: Store;
let whole: Truth;
let backedUpAt: number;

const write = async (turns: number) => {
  for (let i = 0; i < turns; i++)
    await store.user('ada').post('/turns', joyfulTurn({ userMessage: `turn ${i}` }));
};

beforeAll(async () => {
  store = await Store.start();
  await write(10);
  const { code, stdout, stderr } = await edgesoul(['backup', '--json'], store.settings);
  if (code !== 0) throw new Error(`There is no backup: ${stderr}`);
  backedUpAt = (JSON.parse(stdout) as { position: number }).position;
  await write(5);
});

afterAll(() => store.remove());

const asidesIn = async (dataDir: string) =>
  (await readdir(dataDir)).filter((name) => /before-restore-[\dTZ-]+$/.test(name));

describe('a restore on SQLite', () => {
  it('is refused while a service runs, by its address, and changes nothing', async () => {
    const { code, stderr } = await edgesoul(['restore'], store.settings);
    expect([code, stderr]).toEqual([1, expect.stringContaining(store.url)]);
    expect((await store.user('undisturbed').post('/turns', joyfulTurn())).status).toBe(201);
    expect(await asidesIn(store.dataDir)).toEqual([]);
    await store.stop();
    whole = await truthOf({ file: databaseFile(store.dataDir) });
    expect(whole.events.length).toBeGreaterThan(backedUpAt);
  });

  it.each(Object.entries(STEPS))(
    'that is killed in front of "%s" leaves the %s store, whole, to the next process',
    async (step, left) => {
      const dataDir = join(await mkdtemp(join(store.folder, 'killed-')), 'data');
      await cp(store.dataDir, dataDir, { recursive: true });
      const env = { ...store.settings, DATA_DIR: dataDir };
      expect(await edgesoul(['restore'], killedAt(step, env))).toMatchObject({ code: null });

      takeDataFolder(dataDir).release();

      const { events } = await truthOf({ file: databaseFile(dataDir) });
      expect(events).toEqual(left === 'old' ? whole.events : whole.events.slice(0, backedUpAt));
      const asides = await asidesIn(dataDir);
      expect(asides).toHaveLength(left === 'old' ? 0 : 1);
      for (const aside of asides) expect(await truthOf({ file: join(dataDir, aside) })).toEqual(whole);
      expect((await readdir(dataDir)).filter((name) => /restoring|swap.json$/.test(name))).toEqual([]);
      await rm(dataDir, { recursive: true });
    },
  );

  it('keeps the store before it aside, whole, and puts the restored one in its place', async () => {
    const { code, stdout } = await edgesoul(['restore'], store.settings);
    expect(code).toBe(0);
    expect(stdout).toContain(`position  ${backedUpAt}`);
    expect(stdout).toMatch(/kept as .*before-restore/);
    const asides = await asidesIn(store.dataDir);
    expect(asides).toHaveLength(1);
    expect(await truthOf({ file: join(store.dataDir, asides[0] ?? '') })).toEqual(whole);
    await store.restart();
    expect(await readLog(store)).toHaveLength(backedUpAt);
    expect((await store.get('/health/ready')).status).toBe(200);
    const felt = { emotion: 'joy', intensity: 1 };
    const { body } = await store.user('afterwards').post<{ position: number }>('/emotions', felt);
    expect(body.position).toBe(backedUpAt + 2);
  });
});
