import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { StoredEvent } from '../support/answers.js';
import { audit, FLAWLESS } from '../support/audit.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, type Said } from '../support/edgesoul.js';
import { resend, startLoad, type SentCommand } from '../support/load.js';
import { startPatientClients } from '../support/patient-clients.js';
import { emptyDatabase, dropDatabase } from '../support/postgresql-databases.js';
import { onPostgresql, Store } from '../support/store.js';

jest.setTimeout(120_000);

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

interface Restored {
  position: number;
  events: number;
  replayed: number;
  keptAside: string | null;
}

const ENDING = /\.(db|ndjson)\.zst$/;

let store: Store;
/** Databases that tests have restored into. */
const made: string[] = [];

afterEach(async () => {
  await store.remove();
  await Promise.all(made.splice(0).map(dropDatabase));
});

const backups = () => join(store.folder, 'backups');
const sealed = async () =>
  (await readdir(join(backups(), 'segments')).catch(() => [])).filter((name) => ENDING.test(name)).length;

async function moreSegments(count: number): Promise<void> {
  const wanted = (await sealed()) + count;
  while ((await sealed()) < wanted) await sleep(50);
}

async function followed(backupId: string): Promise<Backup> {
  for (;;) {
    const { body } = await store.get<Backup>(`/v1/ops/backups/${backupId}`);
    if (body.state !== 'running') return body;
    await sleep(50);
  }
}

async function backedUp(): Promise<Backup> {
  const { status, body } = await store.post<Backup>('/v1/ops/backups');
  expect(status).toBe(202);
  const backup = await followed(body.backupId);
  expect(backup).toMatchObject({ state: 'done', verified: true, file: expect.stringMatching(ENDING) });
  return backup;
}

/** Where a restore goes: a data folder that is not there, or an empty database. */
async function elsewhere(): Promise<Record<string, string>> {
  if (!onPostgresql()) return { DATA_DIR: join(store.folder, 'restored') };
  const url = await emptyDatabase();
  made.push(url);
  return { DATABASE_URL: url };
}

async function restored(env: Record<string, string>, ...args: string[]): Promise<Restored> {
  const said = await edgesoul(['restore', '--json', ...args], { ...env, BACKUP_DIR: backups() });
  expect(said).toMatchObject({ code: 0 });
  return JSON.parse(said.stdout) as Restored;
}

/** Looks at what was restored through a service of its own. */
async function served<T>(env: Record<string, string>, look: (other: Store) => Promise<T>): Promise<T> {
  const other = await Store.over(env);
  try {
    return await look(other);
  } finally {
    await other.stop();
  }
}

const acknowledgedUpTo = (sent: readonly SentCommand[], position: number) =>
  sent.filter(({ acknowledged }) => acknowledged && acknowledged.position <= position);

describe('a backup under the load of 64 clients', () => {
  it('holds every command that was acknowledged before it, and restores to a service that knows their retries', async () => {
    store = await Store.start();
    const clients = startPatientClients(() => [store.url], 1, { pauseMs: 50 });
    await clients.acknowledged(300);
    const before = clients.sent.flatMap(({ acknowledged }) => acknowledged?.position ?? []);
    const backup = await backedUp();
    await clients.acknowledged(clients.sent.length + 100);
    await clients.stop();
    expect(clients.strange).toEqual([]);
    expect(backup.position).toBeGreaterThanOrEqual(Math.max(...before));

    const env = await elsewhere();
    expect(await restored(env)).toMatchObject({ position: backup.position, events: backup.events });
    await served(env, async (other) => {
      const log = await readLog(other);
      expect(log).toEqual((await readLog(store)).slice(0, backup.position));
      const held = acknowledgedUpTo(clients.sent, backup.position);
      expect(held.length).toBeGreaterThan(300);
      expect(audit(log, held)).toEqual(FLAWLESS);
      const some = held.filter((_, index) => index % 9 === 0);
      expect(await resend(other.url, some)).toEqual(some.map(({ acknowledged }) => acknowledged));
      expect(await readLog(other)).toHaveLength(backup.position);
    });
  });
});

describe('a backup', () => {
  it('that is killed half-way leaves nothing under its name, and the next one works', async () => {
    store = await Store.start();
    const load = startLoad(store.url, 1, { pauseMs: 50 });
    await load.acknowledged(250);
    const first = await backedUp();
    await store.post('/v1/ops/backups');
    await sleep(100);
    await store.stop('SIGKILL');
    const names = (await readdir(backups())).filter((name) => name.startsWith('edgesoul_backup_'));
    const manifests = names.filter((name) => name.endsWith('.json'));
    // Data without a manifest is no backup; a manifest without data never is.
    for (const manifest of manifests)
      expect(names.some((name) => ENDING.test(name) && name.startsWith(manifest.slice(0, -5)))).toBe(true);
    await store.restart();
    const { body } = await store.get<{ items: Backup[] }>('/v1/ops/backups');
    expect(body.items).toHaveLength(manifests.length);
    expect(body.items.at(-1)?.sha256).toBe(first.sha256);
    await load.ended();
    const last = await backedUp();
    expect((await readdir(backups())).filter((name) => name.startsWith('.partial'))).toEqual([]);
    expect((await restored(await elsewhere())).position).toBe(last.position);
  });

  it('that finds no space leaves the earlier ones, and says so', async () => {
    store = await Store.start();
    const load = startLoad(store.url, 1, { pauseMs: 50 });
    await load.acknowledged(1_000);
    await backedUp();
    await store.stop();
    await load.ended();
    const before = await contentOf(backups());
    const env = { ...store.settings, BACKUP_DIR: backups() };
    // No file may grow beyond 64 KiB (128 blocks): what a full disk does to one, on any machine.
    const said = await edgesoul(['backup'], env, 'ulimit -f 128');
    expect(said.code).toBe(1);
    expect(said.stderr).toContain(`${backups()} cannot be written`);
    expect(said.stderr).toContain('Earlier backups are untouched');
    expect(said.stderr).not.toMatch(/\n\s+at /);
    expect(await contentOf(backups())).toEqual(before);
    expect((await edgesoul(['backup'], env)).code).toBe(0);
  });

  it('can be listed, followed and cancelled; another one at the same time is refused', async () => {
    store = await Store.start();
    await store.user('ada').post('/turns', joyfulTurn());
    const { backupId } = (await store.post<Backup>('/v1/ops/backups')).body;
    expect((await store.post('/v1/ops/backups')).status).toBe(409);
    expect((await store.delete<Backup>(`/v1/ops/backups/${backupId}`)).body.state).toBe('cancelled');
    expect(
      (await readdir(backups())).filter((name) => name.includes('backup_') || name.startsWith('.')),
    ).toEqual([]);
    const backup = await backedUp();
    const { body } = await store.get<{ items: Backup[] }>('/v1/ops/backups');
    expect(body.items.map(({ backupId: id, state }) => [id, state])).toContainEqual([
      backup.backupId,
      'done',
    ]);
    expect((await store.get('/v1/ops/backups/nothing')).status).toBe(404);
    expect((await store.get('/health/backups')).body).toMatchObject({
      status: 'ok',
      details: { backup: { last: { file: backup.file, position: 4 } }, continuous: { on: false } },
    });
  });

  it('is made on the command line beside the service and without it, and status knows it', async () => {
    store = await Store.start();
    await store.user('ada').post('/turns', joyfulTurn());
    const env = { ...store.settings, BACKUP_DIR: backups() };
    const cli = async (...args: string[]): Promise<Said> => {
      const said = await edgesoul(args, env);
      expect(said).toMatchObject({ code: 0 });
      return said;
    };
    const url = onPostgresql() ? ['--url', store.url] : [];
    const beside = JSON.parse((await cli('backup', '--json', ...url)).stdout) as Backup;
    expect(beside).toMatchObject({ position: 4, events: 4, verified: true });
    await store.stop();
    const alone = JSON.parse((await cli('backup', '--json')).stdout) as Backup;
    expect(alone.position).toBe(4);
    expect((await cli('backups')).stdout).toMatch(/position 4 .* verified/);
    expect((await cli('restore', '--drill')).stdout).toMatch(/can be restored(.|\n)*as in the manifest/);
    const status = (await cli('status')).stdout;
    expect(status).toContain(alone.file);
    expect(status).toMatch(/drill, \d+ s ago, succeeded/);
    expect((await edgesoul(['restore', '--to', 'tomorrow'], env)).code).toBe(2);
    expect((await edgesoul(['restore', '--upwards'], env)).code).toBe(2);
  });
});

describe('a drill', () => {
  it('proves the restore, is known to health and metrics, and leaves the data as it was', async () => {
    store = await Store.start();
    const load = startLoad(store.url, 1, { pauseMs: 50 });
    await load.acknowledged(300);
    const backup = await backedUp();
    await store.stop();
    await load.ended();
    const data = await dataOf(store.dataDir);
    const before = (await readdir(backups())).toSorted();
    expect((await edgesoul(['restore', '--drill'], { ...store.settings, BACKUP_DIR: backups() })).code).toBe(
      0,
    );
    expect(await dataOf(store.dataDir)).toEqual(data);
    expect((await readdir(backups())).toSorted()).toEqual(
      [...before, 'drill.lock', 'edgesoul_drill.json'].toSorted(),
    );

    await store.restart();
    const { drillId } = (await store.post<{ drillId: string }>('/v1/ops/drills')).body;
    let answer: { state: string; proof: { position: number } | null };
    do {
      answer = (await store.get<typeof answer>(`/v1/ops/drills/${drillId}`)).body;
      await sleep(50);
    } while (answer.state === 'running');
    expect(answer).toMatchObject({
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
    store = await Store.start();
    await store.user('ada').post('/turns', joyfulTurn());
    const { file } = await backedUp();
    await rm(join(backups(), file));
    const { drillId } = (await store.post<{ drillId: string }>('/v1/ops/drills')).body;
    let answer: { state: string; error: { code: string } | null };
    do {
      answer = (await store.get<typeof answer>(`/v1/ops/drills/${drillId}`)).body;
      await sleep(50);
    } while (answer.state === 'running');
    expect(answer).toMatchObject({ state: 'failed', error: { code: 'backup.damaged' } });
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
  it('brings back all but the last moments when the process and its data are gone', async () => {
    store = await Store.start({ BACKUP_CONTINUOUS: '1' });
    const load = startLoad(store.url, 1, { pauseMs: 100 });
    const times = new Map<SentCommand, number>();
    const noting = setInterval(() => {
      for (const command of load.sent)
        if (command.acknowledged && !times.has(command)) times.set(command, Date.now());
    }, 20);
    await moreSegments(1);
    const early = load.sent.filter(({ acknowledged }) => acknowledged);
    // The first of the two may have been begun before.
    await moreSegments(2);
    const killedAt = Date.now();
    await store.stop('SIGKILL');
    await load.ended();
    clearInterval(noting);
    await rm(store.dataDir, { recursive: true, force: true });

    const env = await elsewhere();
    const { position, replayed } = await restored(env);
    expect(replayed).toBeGreaterThan(0);
    expect(early.length).toBeGreaterThan(0);
    expect(early.filter(({ acknowledged }) => (acknowledged?.position ?? 0) > position)).toEqual([]);
    const acknowledged = load.sent.filter((command) => command.acknowledged);
    const lost = acknowledged.filter((command) => (command.acknowledged?.position ?? 0) > position);
    const oldest = Math.min(killedAt, ...lost.map((command) => times.get(command) ?? killedAt));
    console.info(
      `Of ${acknowledged.length} acknowledged commands ${lost.length} were lost, the oldest ${killedAt - oldest} ms before the kill.`,
    );
    await served(env, async (other) => {
      const log = await readLog(other);
      expect(log).toHaveLength(position);
      const held = acknowledgedUpTo(load.sent, position);
      const isHeld = new Set(log.map(({ position: at }: StoredEvent) => at));
      expect(held.every((command) => isHeld.has(command.acknowledged?.position ?? 0))).toBe(true);
      expect(
        audit(
          log,
          load.sent.filter((command) => !lost.includes(command)),
        ),
      ).toEqual(FLAWLESS);
      const some = held.filter((_, index) => index % 17 === 0);
      expect(await resend(other.url, some)).toEqual(some.map((command) => command.acknowledged));
    });
  });

  it('ships what is left when the service stops, and restores to any position of it', async () => {
    store = await Store.start({ BACKUP_CONTINUOUS: '1' });
    const user = store.user('ada');
    await user.post('/turns', joyfulTurn());
    while (!store.log.some((line) => line.includes('"backed up"'))) await sleep(100);
    for (let i = 0; i < 5; i++) await user.post('/turns', joyfulTurn({ userMessage: `turn ${i}` }));
    await store.stop();
    const env = await elsewhere();
    const { position } = await restored(env);
    expect(position).toBe(4 + 5 * 2);
    expect(await restored(await elsewhereAgain(), '--to', '9')).toMatchObject({ position: 8 });
  });
});

/** A second place to restore to, within one test. */
async function elsewhereAgain(): Promise<Record<string, string>> {
  if (onPostgresql()) return elsewhere();
  return { DATA_DIR: join(store.folder, 'restored again') };
}

describe('a schedule', () => {
  it('makes backups and drills, and keeps as many as it is to', async () => {
    store = await Store.start({
      BACKUP_SCHEDULE: '* * * * * *',
      DRILL_SCHEDULE: '*/2 * * * * *',
      BACKUP_KEEP: '2',
      BACKUP_KEEP_DAILY: '0',
      BACKUP_KEEP_WEEKLY: '0',
    });
    await store.user('ada').post('/turns', joyfulTurn());
    const backed = () => store.log.filter((line) => line.includes('"backed up"')).length;
    const drilled = () => store.log.filter((line) => line.includes('"restore drill done"')).length;
    while (backed() < 4 || drilled() < 1) await sleep(100);
    await store.stop();
    const names = await readdir(backups());
    expect(names.filter((name) => ENDING.test(name))).toHaveLength(2);
    expect(names.filter((name) => /^edgesoul_backup_.*\.json$/.test(name))).toHaveLength(2);
    const failed = store.log.filter((line) => line.includes('"level":50'));
    // A drill may have come before the first backup.
    expect(failed.filter((line) => !line.includes('There is no backup here'))).toEqual([]);
  });
});

/** The data folder, byte for byte; PostgreSQL has none. */
async function dataOf(folder: string): Promise<Record<string, string>> {
  return onPostgresql() ? {} : contentOf(folder);
}

/** Every file of a folder, byte for byte. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const contents = names.map(async ({ name }): Promise<[string, string]> => {
    return [name, (await readFile(join(folder, name))).toString('base64')];
  });
  return Object.fromEntries(await Promise.all(contents));
}
