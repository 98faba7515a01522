import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { readBackups } from '../../src/operations/backup/backup-folder.js';
import { databaseFile } from '../../src/store/sqlite/data-folder.js';
import type { StoredEvent } from '../support/answers.js';
import { audit, FLAWLESS } from '../support/audit.js';
import { truthOf } from '../support/backups.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { resend, startLoad, type SentCommand } from '../support/load.js';
import { startPatientClients } from '../support/patient-clients.js';
import { Store } from '../support/store.js';

jest.setTimeout(60_000);

interface Backup {
  backupId: string;
  state: string;
  file: string;
  position: number;
  events: number;
  bytes: number;
  sha256: string;
  verified: boolean;
  createdAt: string;
}

interface Drill {
  state: string;
  proof: { position: number; backup: string } | null;
  error: { code: string } | null;
}

interface Health {
  details: { continuous: { position: number | null } };
}

type Environment = Record<string, string>;

interface Restored {
  position: number;
  events: number;
  replayed: number;
  keptAside: string | null;
}

const ENDING = /\.(db|ndjson)\.zst$/;

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const backups = () => join(store.folder, 'backups');

async function followed(backupId: string): Promise<Backup> {
  for (;;) {
    const { body } = await store.get<Backup>(`/v1/ops/backups/${backupId}`);
    if (body.state !== 'running') return body;
    await sleep(20);
  }
}

async function backedUp(): Promise<Backup> {
  const { status, body } = await store.post<Backup>('/v1/ops/backups');
  expect(status).toBe(202);
  const backup = await followed(body.backupId);
  expect(backup).toMatchObject({ state: 'done', verified: true, file: expect.stringMatching(ENDING) });
  return backup;
}

async function drilled(): Promise<Drill> {
  const { drillId } = (await store.post<{ drillId: string }>('/v1/ops/drills')).body;
  for (;;) {
    const { body } = await store.get<Drill>(`/v1/ops/drills/${drillId}`);
    if (body.state !== 'running') return body;
    await sleep(20);
  }
}

/** Restores into a data folder that is not there; answers what it says of it, and the folder's environment. */
async function restoredTo(name: string, ...args: string[]): Promise<{ said: Restored; env: Environment }> {
  const env = { DATA_DIR: join(store.folder, name) };
  const said = await edgesoul(['restore', '--json', ...args], { ...env, BACKUP_DIR: backups() });
  expect(said).toMatchObject({ code: 0 });
  return { said: JSON.parse(said.stdout) as Restored, env };
}

/** Looks at what was restored through a service of its own. */
async function served<T>(env: Environment, look: (other: Store) => Promise<T>): Promise<T> {
  const other = await Store.over(env);
  try {
    return await look(other);
  } finally {
    await other.stop('SIGKILL');
  }
}

const acknowledgedUpTo = (sent: readonly SentCommand[], position: number) =>
  sent.filter(({ acknowledged }) => acknowledged && acknowledged.position <= position);

/** What the folder of the backups has of full ones, finished or not. */
const visible = async () =>
  (await readdir(backups())).filter((name) => name.includes('backup_') || name.startsWith('.'));

/** Waits until the log is shipped up to there. */
async function shippedTo(position: number): Promise<void> {
  for (;;) {
    const { details } = (await store.get<Health>('/health/backups')).body;
    if ((details.continuous.position ?? 0) >= position) return;
    await sleep(20);
  }
}

/** Every file of a folder, byte for byte. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const contents = names.map(async ({ name }): Promise<[string, string]> => {
    return [name, (await readFile(join(folder, name))).toString('base64')];
  });
  return Object.fromEntries(await Promise.all(contents));
}

describe('a backup under the load of 64 clients', () => {
  it('holds every command that was acknowledged before it, and restores to a service that knows their retries', async () => {
    const clients = startPatientClients(() => [store.url], 1, { pauseMs: 200 });
    await clients.acknowledged(150);
    const before = clients.sent.flatMap(({ acknowledged }) => acknowledged?.position ?? []);
    const backup = await backedUp();
    await clients.acknowledged(clients.sent.length + 50);
    await clients.stop();
    expect(clients.strange).toEqual([]);
    expect(before.length).toBeGreaterThanOrEqual(150);
    expect(backup.position).toBeGreaterThanOrEqual(Math.max(...before));

    const { said, env } = await restoredTo('restored');
    expect(said).toMatchObject({ position: backup.position, events: backup.events });
    await served(env, async (other) => {
      const log = await readLog(other);
      expect(log).toEqual((await readLog(store)).slice(0, backup.position));
      const held = acknowledgedUpTo(clients.sent, backup.position);
      expect(audit(log, held)).toEqual(FLAWLESS);
      const some = held.filter((_, index) => index % 9 === 0);
      expect(await resend(other.url, some)).toEqual(some.map(({ acknowledged }) => acknowledged));
      expect(await readLog(other)).toHaveLength(backup.position);
    });
  });
});

describe('a backup', () => {
  it('can be listed, followed and cancelled; another one at the same time is refused', async () => {
    const before = await visible();
    const { backupId } = (await store.post<Backup>('/v1/ops/backups')).body;
    expect((await store.post('/v1/ops/backups')).status).toBe(409);
    expect((await store.delete<Backup>(`/v1/ops/backups/${backupId}`)).body.state).toBe('cancelled');
    expect(await visible()).toEqual(before);
    const backup = await backedUp();
    const { body } = await store.get<{ items: Backup[] }>('/v1/ops/backups');
    expect(body.items.map(({ backupId: id, state }) => [id, state])).toContainEqual([
      backup.backupId,
      'done',
    ]);
    expect((await store.get('/v1/ops/backups/nothing')).status).toBe(404);
    expect((await store.get('/health/backups')).body).toMatchObject({
      status: 'ok',
      details: {
        backup: { last: { file: backup.file, position: backup.position } },
        continuous: { on: false },
      },
    });
  });

  it('is made on the command line beside the service and without it, and status knows it', async () => {
    const { position } = (await store.user('ada').post<{ position: number }>('/turns', joyfulTurn())).body;
    const beside = await edgesoul(['backup', '--json'], store.settings);
    expect(beside.code).toBe(0);
    expect(JSON.parse(beside.stdout)).toMatchObject({ position, events: position, verified: true });
    await store.stop();
    const alone = JSON.parse((await edgesoul(['backup', '--json'], store.settings)).stdout) as Backup;
    expect(alone).toMatchObject({ position, verified: true });
    const list = await edgesoul(['backups'], store.settings);
    expect(list).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`position ${position} .* verified`)),
    });
    const status = await edgesoul(['status'], store.settings);
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining(alone.file) });
    expect((await edgesoul(['restore', '--to', 'tomorrow'], store.settings)).code).toBe(2);
    expect((await edgesoul(['restore', '--upwards'], store.settings)).code).toBe(2);
  });

  it.each(['rename .db.zst', 'rename .json'])(
    'that is killed in front of "%s" leaves none, whole or broken',
    async (step) => {
      const { backups: before } = await readBackups(backups());
      expect((await edgesoul(['backup'], killedAt(step, store.settings))).code).toBeNull();
      expect(await readBackups(backups())).toEqual({ backups: before, broken: [] });
    },
  );

  it('after one that was killed works, and removes what that has left unfinished', async () => {
    expect((await readdir(backups())).filter((name) => name.startsWith('.partial'))).toHaveLength(1);
    const said = await edgesoul(['backup', '--json'], store.settings);
    expect(said.code).toBe(0);
    expect((await readdir(backups())).filter((name) => name.startsWith('.partial'))).toEqual([]);
    const [newest] = (await readBackups(backups())).backups;
    expect(newest?.file).toBe((JSON.parse(said.stdout) as Backup).file);
  });

  it('that finds no space leaves the earlier ones, and says so', async () => {
    const before = await contentOf(backups());
    // No file may grow beyond 64 KiB (128 blocks): what a full disk does to one, on any machine.
    const said = await edgesoul(['backup'], store.settings, 'ulimit -f 128');
    expect(said.code).toBe(1);
    expect(said.stderr).toContain(`${backups()} cannot be written`);
    expect(said.stderr).toContain('Earlier backups are untouched');
    expect(said.stderr).not.toMatch(/\n\s+at /);
    expect(await contentOf(backups())).toEqual(before);
    expect((await edgesoul(['backup'], store.settings)).code).toBe(0);
  });
});

describe('a drill', () => {
  it('proves the restore on the command line, is known to status, and leaves the data as it was', async () => {
    const data = await contentOf(store.dataDir);
    const before = new Set(await readdir(backups()));
    const said = await edgesoul(['restore', '--drill'], store.settings);
    expect(said).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/can be restored(.|\n)*as in the manifest/),
    });
    expect(await contentOf(store.dataDir)).toEqual(data);
    expect((await readdir(backups())).filter((name) => !before.has(name)).toSorted()).toEqual([
      'drill.lock',
      'edgesoul_drill.json',
    ]);
    const status = await edgesoul(['status'], store.settings);
    expect(status.stdout).toMatch(/drill, \d+ s ago, succeeded/);
  });

  it('proves the restore in the running service, and is known to metrics', async () => {
    await store.restart();
    const backup = await backedUp();
    expect(await drilled()).toMatchObject({
      state: 'done',
      proof: { position: backup.position, backup: backup.file },
    });
    const metrics = (await store.get<string>('/metrics')).text;
    expect(metrics).toMatch(/^edgesoul_drill_last_failed 0$/m);
    expect(metrics).toMatch(/^edgesoul_drill_last_success_timestamp_seconds \d+/m);
    expect(metrics).toMatch(/^edgesoul_backup_last_failed 0$/m);
    expect(metrics).toContain(
      `edgesoul_backup_last_success_timestamp_seconds ${Date.parse(backup.createdAt) / 1_000}`,
    );
  });

  it('of a damaged backup fails for everyone to see', async () => {
    const { file } = await backedUp();
    await rm(join(backups(), file));
    expect(await drilled()).toMatchObject({ state: 'failed', error: { code: 'backup.damaged' } });
    expect(await store.get('/health/backups')).toMatchObject({
      status: 503,
      body: { error: { drill: { status: 'down', why: expect.stringContaining(file) } } },
    });
    expect((await store.get('/health/ready')).status).toBe(200);
    expect(store.log.filter((line) => line.includes('"level":50') && line.includes(file))).toHaveLength(1);
    expect((await store.get<string>('/metrics')).text).toMatch(/^edgesoul_drill_last_failed 1$/m);
  });
});

describe('continuous backup', () => {
  beforeAll(async () => {
    await store.remove();
    store = await Store.start({ BACKUP_CONTINUOUS: '1' });
  });

  it('ships what is left when the service stops, and restores to any position of it', async () => {
    const user = store.user('ada');
    await user.post('/turns', joyfulTurn());
    while (!store.log.some((line) => line.includes('"backed up"'))) await sleep(20);
    for (let i = 0; i < 5; i++) await user.post('/turns', joyfulTurn({ userMessage: `turn ${i}` }));
    await store.stop();
    expect((await restoredTo('last')).said.position).toBe(4 + 5 * 2);
    expect((await restoredTo('earlier', '--to', '9')).said.position).toBe(8);
  });

  it('brings back everything that was shipped when the process and its data are gone', async () => {
    await store.restart();
    const first = (await readLog(store)).length;
    const load = startLoad(store.url, 1, { pauseMs: 100 });
    await load.acknowledged(20);
    const early = load.sent.flatMap(({ acknowledged }) => acknowledged?.position ?? []);
    await shippedTo(Math.max(...early));
    await store.stop('SIGKILL');
    await load.ended();
    await rm(store.dataDir, { recursive: true, force: true });

    expect((await readdir(join(backups(), 'segments'))).length).toBeGreaterThan(1);
    const { said, env } = await restoredTo('from-segments');
    expect(said.replayed).toBeGreaterThan(0);
    expect(said.position).toBeGreaterThanOrEqual(Math.max(...early));
    const { events, receipts } = await truthOf({ file: databaseFile(env.DATA_DIR ?? '') });
    const restored = events.map((event) => ({ ...event, data: JSON.parse(String(event.data)) as object }));
    expect(restored).toHaveLength(said.position);
    const held = acknowledgedUpTo(load.sent, said.position);
    const unanswered = load.sent.filter(({ acknowledged }) => !acknowledged);
    expect(audit(restored.slice(first) as unknown as StoredEvent[], [...held, ...unanswered])).toEqual(
      FLAWLESS,
    );
    const known = new Set(receipts.map(({ idempotencyKey }) => idempotencyKey));
    expect(held.filter(({ key }) => !known.has(key))).toEqual([]);
  });
});

describe('a schedule', () => {
  it('makes backups and drills, and keeps as many as it is to', async () => {
    await store.remove();
    store = await Store.start({
      BACKUP_SCHEDULE: '* * * * * *',
      DRILL_SCHEDULE: '* * * * * *',
      BACKUP_KEEP: '1',
      BACKUP_KEEP_DAILY: '0',
      BACKUP_KEEP_WEEKLY: '0',
    });
    await store.user('ada').post('/turns', joyfulTurn());
    const backed = () => store.log.filter((line) => line.includes('"backed up"')).length;
    const proved = () => store.log.filter((line) => line.includes('"restore drill done"')).length;
    while (backed() < 2 || proved() < 1) await sleep(20);
    await store.stop();
    const names = await readdir(backups());
    expect(names.filter((name) => ENDING.test(name))).toHaveLength(1);
    expect(names.filter((name) => /^edgesoul_backup_.*\.json$/.test(name))).toHaveLength(1);
    const failed = store.log.filter((line) => line.includes('"level":50'));
    // A drill may have come before the first backup.
    expect(failed.filter((line) => !line.includes('There is no backup here'))).toEqual([]);
  });
});
