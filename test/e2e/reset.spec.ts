import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAfter, type Said } from '../support/edgesoul.js';
import { dropDatabase, emptyDatabase, runSql } from '../support/postgresql-databases.js';
import { onPostgresql, Store } from '../support/store.js';

jest.setTimeout(180_000);

/** Milliseconds after the new file has appeared. */
const KILLED_AFTER = (process.env.RESET_KILLS ?? '60').split(',').map(Number);
const KEY = 'a-turn-of-ada';

let store: Store;

beforeEach(async () => {
  store = await Store.start();
  for (let i = 0; i < 5; i++)
    await store.user('ada').post('/turns', joyfulTurn({ userMessage: `turn ${i}` }));
});

afterEach(() => store.remove());

const reset = (...args: string[]): Promise<Said> => edgesoul(['reset', ...args], store.settings);
const backups = (): Promise<string[]> => readdir(join(store.folder, 'backups')).catch(() => []);
const turnOfAda = () => store.user('ada').post('/turns', joyfulTurn(), { 'idempotency-key': KEY });

function nameOfStore(): string {
  return basename(store.databaseUrl === undefined ? store.dataDir : new URL(store.databaseUrl).pathname);
}

describe('a reset', () => {
  it('that is not confirmed, or cannot back up, is refused, says so, and changes nothing', async () => {
    const before = await readLog(store);
    await store.stop();
    const { code, stderr } = await reset();
    expect(code).toBe(2);
    expect(stderr).toContain(nameOfStore());
    expect(stderr).toContain('--yes');
    expect((await reset('--no-backup', '--yes')).code).toBe(2);
    expect(await backups()).toEqual([]);

    const unable = await reset('--yes', '--backup-dir', '/dev/null/backups');
    expect(unable.code).toBe(1);
    expect(unable.stderr).toContain('/dev/null/backups cannot be written');
    await store.restart();
    expect(await readLog(store)).toEqual(before);
    if (onPostgresql()) return;

    const beside = await reset('--yes');
    expect([beside.code, beside.stderr]).toEqual([1, expect.stringContaining(store.url)]);
    expect(await backups()).toEqual([]);
    expect((await turnOfAda()).status).toBe(201);
  });

  it('empties the store after a backup that restores to what was there; an old key is a new command', async () => {
    const first = await turnOfAda();
    expect(first.status).toBe(201);
    const before = await readLog(store);
    await store.stop();

    const { code, stdout } = await reset('--yes', '--json');

    expect(code).toBe(0);
    const { backup, events } = JSON.parse(stdout) as { backup: string; events: number };
    expect(events).toBe(before.length);
    expect(await backups()).toContain(backup);
    await store.restart();
    expect(await readLog(store)).toEqual([]);
    expect((await store.user('ada').get('/profile')).status).toBe(404);
    const again = await turnOfAda();
    expect([again.status, again.text]).not.toEqual([first.status, first.text]);
    const log = await readLog(store);
    expect(log[0]).toMatchObject({ position: 1, type: 'user.registered' });
    await store.stop();
    expect((await edgesoul(['verify'], store.settings)).code).toBe(0);

    const url = onPostgresql() ? await emptyDatabase() : undefined;
    const env = { ...store.settings, ...(url ? { DATABASE_URL: url } : {}) };
    expect(await edgesoul(['restore', '--from', backup], env)).toMatchObject({ code: 0 });
    const restored = await Store.over(env);
    expect(await readLog(restored)).toEqual(before);
    await restored.stop();
    if (url) await dropDatabase(url);
  });

  it('of a store whose log was shipped does not let a restore bring the old log back', async () => {
    await store.remove();
    store = await Store.start({ BACKUP_CONTINUOUS: '1' });
    while (!store.log.some((line) => line.includes('"backed up"'))) await sleep(100);
    await turnOfAda();
    await store.stop();
    expect(await readdir(join(store.folder, 'backups', 'segments'))).toHaveLength(1);
    expect((await reset('--yes')).code).toBe(0);
    expect((await edgesoul(['backup'], store.settings)).code).toBe(0);
    const drill = await edgesoul(['restore', '--drill', '--json'], store.settings);
    expect(JSON.parse(drill.stdout)).toMatchObject({ position: 0, segments: 0 });
  });

  if (onPostgresql()) {
    it('leaves the triggers that protect the log', async () => {
      await store.stop();
      expect((await reset('--yes')).code).toBe(0);
      await expect(runSql(store.databaseUrl ?? '', 'truncate events')).rejects.toThrow(/immutable|never/i);
    });
    return;
  }

  it('that is killed leaves the old store or an empty one, and nothing else of the old one', async () => {
    const before = await readLog(store);
    for (const after of KILLED_AFTER) {
      await store.stop();
      const file = join(store.dataDir, 'edgesoul.db.emptied');
      await killedAfter(['reset', '--yes'], store.settings, { file, ms: after });
      await store.restart();
      const log = await readLog(store);
      expect([[], before]).toContainEqual(log);
      if (log.length > 0) continue;
      expect(await readdir(store.dataDir)).not.toContainEqual(expect.stringContaining('removed'));
      await store.stop();
      expect((await edgesoul(['restore'], store.settings)).code).toBe(0);
      await store.restart();
    }
  });
});
