import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseFile, takeDataFolder } from '../../src/store/sqlite/data-folder.js';
import { logContentsOf, type LogContents } from '../support/backups.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { Store } from '../support/store.js';
import { tamperWith } from '../support/tampered-store.js';

/**
 * Where the process is killed, and which store then remains: at the last step before the database is
 * swapped, at the step where neither database is in place, and at the very last step.
 */
const KILL_STEPS = {
  'rename edgesoul.swap.json.writing': 'old',
  'rename edgesoul.db.restoring': 'new',
  'remove edgesoul.swap.json': 'new',
} as const;

let store: Store;
let original: LogContents;
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

const storesKeptIn = async (dataDir: string) =>
  (await readdir(dataDir)).filter((name) => /before-restore-[\dTZ-]+$/.test(name));

describe('a restore on SQLite', () => {
  it('is refused while a service runs, names its address, and changes nothing', async () => {
    const { code, stderr } = await edgesoul(['restore'], store.settings);
    expect([code, stderr]).toEqual([1, expect.stringContaining(store.url)]);
    expect((await store.user('undisturbed').post('/turns', joyfulTurn())).status).toBe(201);
    expect(await storesKeptIn(store.dataDir)).toEqual([]);
    await store.stop();
    original = await logContentsOf({ file: databaseFile(store.dataDir) });
    expect(original.events.length).toBeGreaterThan(backedUpAt);
  });

  it.each(Object.entries(KILL_STEPS))(
    'killed before "%s" leaves the complete %s store to the next process',
    async (step, remaining) => {
      const dataDir = join(await mkdtemp(join(store.folder, 'killed-')), 'data');
      await cp(store.dataDir, dataDir, { recursive: true });
      const env = { ...store.settings, DATA_DIR: dataDir };
      expect(await edgesoul(['restore'], killedAt(step, env))).toMatchObject({ code: null });

      takeDataFolder(dataDir).release();

      const { events } = await logContentsOf({ file: databaseFile(dataDir) });
      expect(events).toEqual(remaining === 'old' ? original.events : original.events.slice(0, backedUpAt));
      const keptStores = await storesKeptIn(dataDir);
      expect(keptStores).toHaveLength(remaining === 'old' ? 0 : 1);
      for (const keptStore of keptStores)
        expect(await logContentsOf({ file: join(dataDir, keptStore) })).toEqual(original);
      expect((await readdir(dataDir)).filter((name) => /restoring|swap.json$/.test(name))).toEqual([]);
      await rm(dataDir, { recursive: true });
    },
  );

  it('that is interrupted says so, and leaves the store as it was and nothing unfinished', async () => {
    const step = killedAt('write edgesoul.db.restoring', { ...store.settings, KILLED_BY: 'SIGINT' });
    const { code, stderr } = await edgesoul(['restore'], step);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Interrupted; .* the store is as it was/)]);
    expect((await readdir(store.dataDir)).filter((name) => name.includes('restoring'))).toEqual([]);
    expect(await logContentsOf({ file: databaseFile(store.dataDir) })).toEqual(original);
  });

  it('keeps the previous store complete under another name, and puts the restored one in its place', async () => {
    const { code, stdout } = await edgesoul(['restore'], store.settings);
    expect(code).toBe(0);
    expect(stdout).toContain(`position  ${backedUpAt}`);
    expect(stdout).toMatch(/kept as .*before-restore/);
    const keptStores = await storesKeptIn(store.dataDir);
    expect(keptStores).toHaveLength(1);
    expect(await logContentsOf({ file: join(store.dataDir, keptStores[0] ?? '') })).toEqual(original);
    await store.restart();
    expect(await readLog(store)).toHaveLength(backedUpAt);
    expect((await store.get('/health/ready')).status).toBe(200);
    const felt = { emotion: 'joy', intensity: 1 };
    const { body } = await store.user('afterwards').post<{ position: number }>('/emotions', felt);
    expect(body.position).toBe(backedUpAt + 2);
  });

  it('folds again what in the backup is not what its log yields, and says so', async () => {
    await store.user('ada').post('/memories', { type: 'fact', content: 'Her boat is called Marlin.' });
    await store.stop();
    await tamperWith(store, `delete from memories_fts; delete from profiles where user_id = 'ada'`);
    expect(await edgesoul(['backup'], store.settings)).toMatchObject({ code: 0 });

    const drill = await edgesoul(['restore', '--drill'], store.settings);
    expect([drill.code, drill.stdout]).toEqual([
      0,
      expect.stringMatching(
        /Warning: 1 rows of current-profile; memories: .*folded again; the log is intact/,
      ),
    ]);
    expect(await edgesoul(['restore'], store.settings)).toMatchObject({ code: 0 });

    expect(await edgesoul(['verify'], store.settings)).toMatchObject({ code: 0 });
    await store.restart();
    const { body } = await store.user('ada').get<{ items: object[] }>('/memories/search?q=marlin');
    expect(body.items).toHaveLength(1);
  });
});
