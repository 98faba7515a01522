import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseFile, takeDataFolder } from '../../src/store/sqlite/data-folder.js';
import { logContentsOf } from '../support/backups.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAt, type CommandOutput } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

const KEY = 'a-turn-of-ada';
/**
 * Where the process is killed, and which store then remains: at the last step before the database is
 * swapped, at the step where neither database is in place, and at the very last step.
 */
const KILL_STEPS = {
  'rename edgesoul.swap.json.writing': 'old',
  'rename edgesoul.db.emptied': 'empty',
  'remove edgesoul.swap.json': 'empty',
} as const;

let store: Store;
let firstAnswer: { status: number; text: string };

const reset = (...args: string[]): Promise<CommandOutput> => edgesoul(['reset', ...args], store.settings);
const backups = (): Promise<string[]> => readdir(join(store.folder, 'backups')).catch(() => []);
const turnOfAda = () => store.user('ada').post('/turns', joyfulTurn(), { 'idempotency-key': KEY });

afterAll(() => store.remove());

describe('a reset', () => {
  beforeAll(async () => {
    store = await Store.start();
    firstAnswer = await turnOfAda();
  });

  it('is refused while a service runs, names its address, and changes nothing', async () => {
    const { code, stderr } = await reset('--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining(store.url)]);
    expect(await backups()).toEqual([]);
    expect((await turnOfAda()).text).toBe(firstAnswer.text);
  });

  it('is refused with a reason when it is not confirmed or cannot back up, and changes nothing', async () => {
    await store.stop();
    const { code, stderr } = await reset();
    expect(code).toBe(2);
    expect(stderr).toContain(basename(store.dataDir));
    expect(stderr).toContain('--yes');
    expect((await reset('--no-backup', '--yes')).code).toBe(2);
    expect(await backups()).toEqual([]);

    const unable = await reset('--yes', '--backup-dir', '/dev/null/backups');
    expect(unable.code).toBe(1);
    expect(unable.stderr).toContain('/dev/null/backups cannot be written');
  });

  it.each(Object.entries(KILL_STEPS))(
    'killed before "%s" leaves the %s store, and no other files, to the next process',
    async (step, remaining) => {
      const before = await logContentsOf({ file: databaseFile(store.dataDir) });
      const dataDir = join(await mkdtemp(join(store.folder, 'killed-')), 'data');
      await cp(store.dataDir, dataDir, { recursive: true });
      const env = { ...store.settings, DATA_DIR: dataDir, BACKUP_DIR: join(dataDir, '../backups') };
      expect(await edgesoul(['reset', '--yes'], killedAt(step, env))).toMatchObject({ code: null });

      takeDataFolder(dataDir).release();

      const truth = await logContentsOf({ file: databaseFile(dataDir) });
      expect(truth).toEqual(remaining === 'old' ? before : { events: [], receipts: [] });
      const names = await readdir(dataDir);
      expect(names.filter((name) => /emptied|removed|swap.json$/.test(name))).toEqual([]);
    },
  );

  it('makes a backup that can be restored, empties the store, and forgets its idempotency keys', async () => {
    const before = await logContentsOf({ file: databaseFile(store.dataDir) });

    const { code, stdout } = await reset('--yes', '--json');

    expect(code).toBe(0);
    const { backup, events } = JSON.parse(stdout) as { backup: string; events: number };
    expect(events).toBe(before.events.length);
    expect(await backups()).toContain(backup);
    await store.restart();
    expect(await readLog(store)).toEqual([]);
    expect((await store.user('ada').get('/profile')).status).toBe(404);
    const again = await turnOfAda();
    expect([again.status, again.text]).not.toEqual([firstAnswer.status, firstAnswer.text]);
    const log = await readLog(store);
    expect(log[0]).toMatchObject({ position: 1, type: 'user.registered' });
    await store.stop();
    expect((await edgesoul(['verify'], store.settings)).code).toBe(0);

    expect(await edgesoul(['restore', '--from', backup], store.settings)).toMatchObject({ code: 0 });
    expect(await logContentsOf({ file: databaseFile(store.dataDir) })).toEqual(before);
  });
});

describe('a reset of a store with continuous backup', () => {
  it('keeps a later restore from bringing the old log back', async () => {
    await store.remove();
    store = await Store.start({ BACKUP_CONTINUOUS: '1' });
    while (!store.log.some((line) => line.includes('"backed up"'))) await sleep(20);
    await turnOfAda();
    await store.stop();
    expect(await readdir(join(store.folder, 'backups', 'segments'))).toHaveLength(1);
    expect((await reset('--yes')).code).toBe(0);
    const status = await edgesoul(['status', '--json'], store.settings);
    expect(JSON.parse(status.stdout)).toMatchObject({ head: 0, lastBackup: null, shippedTo: null });
    const backup = await edgesoul(['backup', '--json'], store.settings);
    expect(backup.code).toBe(0);
    // The empty store may be a fresh one on a new machine, so which store is meant has to be said.
    const restored = await edgesoul(['restore', '--json'], store.settings);
    expect(JSON.parse(restored.stdout)).toMatchObject({ error: { code: 'restore.other-store' } });
    // A drill proves the backups that the store has.
    const drill = await edgesoul(['restore', '--drill', '--json'], store.settings);
    const { file } = JSON.parse(backup.stdout) as { file: string };
    expect(JSON.parse(drill.stdout)).toMatchObject({ backup: file, position: 0 });
  });
});
