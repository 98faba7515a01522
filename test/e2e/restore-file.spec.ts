import { readdir } from 'node:fs/promises';
import { jest } from '@jest/globals';
import type { StoredEvent } from '../support/answers.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

jest.setTimeout(60_000);

/** What is the last thing before the database is swapped, in the middle of it, and the last thing of it. */
const STEPS = {
  'rename edgesoul.swap.json.writing': 'old',
  'rename edgesoul.db.restoring': 'new',
  'remove edgesoul.swap.json': 'new',
} as const;

let store: Store;
let whole: StoredEvent[];
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

const asides = async () =>
  (await readdir(store.dataDir)).filter((name) => /before-restore-[\dTZ-]+$/.test(name)).length;

describe('a restore on SQLite', () => {
  it('is refused while a service runs, by its address, and changes nothing', async () => {
    const { code, stderr } = await edgesoul(['restore'], store.settings);
    expect([code, stderr]).toEqual([1, expect.stringContaining(store.url)]);
    expect((await store.user('undisturbed').post('/turns', joyfulTurn())).status).toBe(201);
    expect(await asides()).toBe(0);
    whole = await readLog(store);
    await store.stop();
  });

  it.each(Object.entries(STEPS))(
    'that is killed in front of "%s" leaves the %s store, whole',
    async (step, left) => {
      const before = await asides();
      expect(await edgesoul(['restore'], killedAt(step, store.settings))).toMatchObject({ code: null });
      await store.restart();
      expect(await readLog(store)).toEqual(left === 'old' ? whole : whole.slice(0, backedUpAt));
      expect(await asides()).toBe(left === 'old' ? before : before + 1);
      expect((await readdir(store.dataDir)).filter((name) => /restoring|swap.json$/.test(name))).toEqual([]);
      await store.stop();
    },
  );

  it('keeps the store before it aside, whole, and puts the restored one in its place', async () => {
    const before = await asides();
    const { code, stdout } = await edgesoul(['restore'], store.settings);
    expect(code).toBe(0);
    expect(stdout).toContain(`position  ${backedUpAt}`);
    expect(stdout).toMatch(/kept as .*before-restore/);
    expect(await asides()).toBe(before + 1);
    await store.restart();
    expect(await readLog(store)).toHaveLength(backedUpAt);
    expect((await store.get('/health/ready')).status).toBe(200);
    const { position } = (
      await store.user('afterwards').post<{ position: number }>('/emotions', {
        emotion: 'joy',
        intensity: 1,
      })
    ).body;
    expect(position).toBe(backedUpAt + 2);
  });
});
