import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAfter } from '../support/edgesoul.js';
import { startLoad } from '../support/load.js';
import { Store } from '../support/store.js';

jest.setTimeout(180_000);

/** Milliseconds after the new file has appeared; a restore takes some hundred. */
const KILLED_AFTER = (process.env.RESTORE_KILLS ?? '300').split(',').map(Number);

let store: Store;
let backedUpAt: number;

beforeAll(async () => {
  store = await Store.start();
  const load = startLoad(store.url, 1);
  await load.acknowledged(600);
  const said = await edgesoul(['backup', '--json'], store.settings);
  backedUpAt = (JSON.parse(said.stdout) as { position: number }).position;
  await load.acknowledged(900);
  await store.stop();
  await load.ended();
});

afterAll(() => store.remove());

const asides = async () =>
  (await readdir(store.dataDir)).filter((name) => /before-restore-[\dTZ-]+$/.test(name)).length;

describe('a restore on SQLite', () => {
  it('is refused while a service runs, by its address, and changes nothing', async () => {
    await store.restart();
    const { code, stderr } = await edgesoul(['restore'], store.settings);
    expect([code, stderr]).toEqual([1, expect.stringContaining(store.url)]);
    expect((await store.user('undisturbed').post('/turns', joyfulTurn())).status).toBe(201);
    await store.stop();
    expect(await asides()).toBe(0);
  });

  it('that is killed leaves the old store or the new one, whenever it is killed', async () => {
    await store.restart();
    const whole = await readLog(store);
    await store.stop();
    const seen = new Set<string>();
    for (const after of KILLED_AFTER) {
      const file = join(store.dataDir, 'edgesoul.db.restoring');
      await killedAfter(['restore'], store.settings, { file, ms: after });
      await store.restart();
      const log = await readLog(store);
      await store.stop();
      const isOld = log.length === whole.length;
      expect([after, isOld || log.length === backedUpAt]).toEqual([after, true]);
      expect(log).toEqual(whole.slice(0, log.length));
      expect(await asides()).toBe(isOld ? 0 : 1);
      seen.add(isOld ? 'old' : 'new');
      if (!isOld) break;
    }
    expect(seen).toContain('old');
  });

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
