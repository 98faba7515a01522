import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBackups } from '../../src/operations/backup/backup-folder.js';
import { databaseFile } from '../../src/store/sqlite/data-folder.js';
import type { StoredEvent } from '../support/answers.js';
import { audit, NO_FAULTS } from '../support/audit.js';
import { logContentsOf } from '../support/backups.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { resend, startLoad, type SentCommand } from '../support/load.js';
import { startPatientClients } from '../support/patient-clients.js';
import { Store } from '../support/store.js';

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

const DATA_FILE_ENDING = /\.(db|ndjson)\.zst$/;

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const backups = () => join(store.folder, 'backups');

async function finishedBackup(backupId: string): Promise<Backup> {
  for (;;) {
    const { body } = await store.get<Backup>(`/v1/ops/backups/${backupId}`);
    if (body.state !== 'running') return body;
    await sleep(20);
  }
}

async function makeBackup(): Promise<Backup> {
  const { status, body } = await store.post<Backup>('/v1/ops/backups');
  expect(status).toBe(202);
  const backup = await finishedBackup(body.backupId);
  expect(backup).toMatchObject({
    state: 'done',
    verified: true,
    file: expect.stringMatching(DATA_FILE_ENDING),
  });
  return backup;
}

async function runDrill(): Promise<Drill> {
  const { drillId } = (await store.post<{ drillId: string }>('/v1/ops/drills')).body;
  for (;;) {
    const { body } = await store.get<Drill>(`/v1/ops/drills/${drillId}`);
    if (body.state !== 'running') return body;
    await sleep(20);
  }
}

/** Restores into a new data folder; returns the report of the command and the environment of the folder. */
async function restoreTo(name: string, ...args: string[]): Promise<{ report: Restored; env: Environment }> {
  const env = { DATA_DIR: join(store.folder, name) };
  const result = await edgesoul(['restore', '--json', ...args], { ...env, BACKUP_DIR: backups() });
  expect(result).toMatchObject({ code: 0 });
  return { report: JSON.parse(result.stdout) as Restored, env };
}

/** Runs the check against a service over a restored store, and stops the service. */
async function withService<T>(env: Environment, check: (other: Store) => Promise<T>): Promise<T> {
  const other = await Store.startOn(env);
  try {
    return await check(other);
  } finally {
    await other.stop('SIGKILL');
  }
}

const acknowledgedUpTo = (sent: readonly SentCommand[], position: number) =>
  sent.filter(({ acknowledged }) => acknowledged && acknowledged.position <= position);

/** The files of full backups, finished or not. */
const fullBackupFiles = async () =>
  (await readdir(backups())).filter((name) => name.includes('backup_') || name.startsWith('.'));

/** Waits until continuous backup has shipped the log up to the position. */
async function shippedTo(position: number): Promise<void> {
  for (;;) {
    const { details } = (await store.get<Health>('/health/backups')).body;
    if ((details.continuous.position ?? 0) >= position) return;
    await sleep(20);
  }
}

/** The content of every file of a folder, in base64, by name. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const contents = names.map(async ({ name }): Promise<[string, string]> => {
    return [name, (await readFile(join(folder, name))).toString('base64')];
  });
  return Object.fromEntries(await Promise.all(contents));
}

describe('a backup under load from 64 clients', () => {
  it('contains every command acknowledged before it, and is restored with their receipts', async () => {
    const clients = startPatientClients(() => [store.url], 1, { pauseMs: 200 });
    await clients.acknowledged(150);
    const before = clients.sent.flatMap(({ acknowledged }) => acknowledged?.position ?? []);
    const backup = await makeBackup();
    await clients.acknowledged(clients.sent.length + 50);
    await clients.stop();
    expect(clients.unexpected).toEqual([]);
    expect(before.length).toBeGreaterThanOrEqual(150);
    expect(backup.position).toBeGreaterThanOrEqual(Math.max(...before));

    const { report, env } = await restoreTo('restored');
    expect(report).toMatchObject({ position: backup.position, events: backup.events });
    await withService(env, async (other) => {
      const log = await readLog(other);
      expect(log).toEqual((await readLog(store)).slice(0, backup.position));
      const included = acknowledgedUpTo(clients.sent, backup.position);
      expect(audit(log, included)).toEqual(NO_FAULTS);
      const sample = included.filter((_, index) => index % 9 === 0);
      expect(await resend(other.url, sample)).toEqual(sample.map(({ acknowledged }) => acknowledged));
      expect(await readLog(other)).toHaveLength(backup.position);
    });
  });
});

describe('a backup', () => {
  it('can be listed, polled and cancelled, and a second one at the same time is refused', async () => {
    const before = await fullBackupFiles();
    const { backupId } = (await store.post<Backup>('/v1/ops/backups')).body;
    expect((await store.post('/v1/ops/backups')).status).toBe(409);
    expect((await store.delete<Backup>(`/v1/ops/backups/${backupId}`)).body.state).toBe('cancelled');
    expect(await fullBackupFiles()).toEqual(before);
    const backup = await makeBackup();
    const { body } = await store.get<{ items: Backup[] }>('/v1/ops/backups');
    expect(body.items.map(({ backupId: id, state }) => [id, state])).toContainEqual([
      backup.backupId,
      'done',
    ]);
    expect(body).toMatchObject({ backupError: null, shipping: null, lastDrill: null, drillError: null });
    expect((await store.get('/v1/ops/backups/nothing')).status).toBe(404);
    expect((await store.get('/health/backups')).body).toMatchObject({
      status: 'ok',
      details: {
        backup: { last: { file: backup.file, position: backup.position } },
        continuous: { on: false },
      },
    });
  });

  it('can be made on the command line with the service running or stopped, and status shows it', async () => {
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
    'killed before "%s" leaves no backup behind, complete or broken',
    async (step) => {
      const { backups: before } = await readBackups(backups());
      expect((await edgesoul(['backup'], killedAt(step, store.settings))).code).toBeNull();
      expect(await readBackups(backups())).toEqual({ backups: before, broken: [] });
    },
  );

  it('succeeds after a killed one, and removes the partial folder that it left', async () => {
    expect((await readdir(backups())).filter((name) => name.startsWith('.partial'))).toHaveLength(1);
    const result = await edgesoul(['backup', '--json'], store.settings);
    expect(result.code).toBe(0);
    expect((await readdir(backups())).filter((name) => name.startsWith('.partial'))).toEqual([]);
    const [newest] = (await readBackups(backups())).backups;
    expect(newest?.file).toBe((JSON.parse(result.stdout) as Backup).file);
  });

  it('that runs out of disk space fails with a clear message and leaves earlier backups untouched', async () => {
    const before = await contentOf(backups());
    // Limits files to 64 KiB (128 blocks), which acts like a full disk on any machine.
    const result = await edgesoul(['backup'], store.settings, 'ulimit -f 128');
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`${backups()} cannot be written`);
    expect(result.stderr).toContain('Earlier backups are untouched');
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(await contentOf(backups())).toEqual(before);
    expect((await edgesoul(['backup'], store.settings)).code).toBe(0);
  });
});

/** A reader makes an empty write-ahead log, and its index, where there is none, and may not remove them. */
function withoutSharedMemory(files: Record<string, string>): Record<string, string> {
  const { 'edgesoul.db-shm': _shared, 'edgesoul.db-wal': log = '', ...others } = files;
  return log === '' ? others : { ...others, log };
}

describe('a drill', () => {
  it('on the command line proves the restore, shows in status, and leaves the data unchanged', async () => {
    const data = withoutSharedMemory(await contentOf(store.dataDir));
    const before = new Set(await readdir(backups()));
    const result = await edgesoul(['restore', '--drill'], store.settings);
    expect(result).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/can be restored(.|\n)*as in the manifest/),
    });
    expect(withoutSharedMemory(await contentOf(store.dataDir))).toEqual(data);
    expect((await readdir(backups())).filter((name) => !before.has(name)).toSorted()).toEqual([
      'drill.lock',
      `edgesoul_drill_${(await readBackups(backups())).backups[0]?.storeId}.json`,
    ]);
    const status = await edgesoul(['status'], store.settings);
    expect(status.stdout).toMatch(/drill, \d+ s ago, succeeded/);
  });

  it('in the running service proves the restore, and shows in the metrics', async () => {
    await store.restart();
    const backup = await makeBackup();
    expect(await runDrill()).toMatchObject({
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

  it('whose backup file is missing fails, and shows in health, the log and the metrics', async () => {
    const { file } = await makeBackup();
    await rm(join(backups(), file));
    expect(await runDrill()).toMatchObject({ state: 'failed', error: { code: 'backup.damaged' } });
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

  it('ships the remaining events when the service stops, and can be restored up to a given position', async () => {
    const user = store.user('ada');
    await user.post('/turns', joyfulTurn());
    while (!store.log.some((line) => line.includes('"backed up"'))) await sleep(20);
    for (let i = 0; i < 5; i++) await user.post('/turns', joyfulTurn({ userMessage: `turn ${i}` }));
    await store.stop();
    expect((await restoreTo('last')).report.position).toBe(4 + 5 * 2);
    expect((await restoreTo('earlier', '--to', '9')).report.position).toBe(8);
  });

  it('restores everything it has shipped after the process was killed and its data deleted', async () => {
    await store.restart();
    const first = (await readLog(store)).length;
    const load = startLoad(store.url, 1, { pauseMs: 100 });
    await load.acknowledged(20);
    const earlyPositions = load.sent.flatMap(({ acknowledged }) => acknowledged?.position ?? []);
    await shippedTo(Math.max(...earlyPositions));
    await store.stop('SIGKILL');
    await load.ended();
    await rm(store.dataDir, { recursive: true, force: true });

    expect((await readdir(join(backups(), 'segments'))).length).toBeGreaterThan(1);
    const { report, env } = await restoreTo('from-segments');
    expect(report.replayed).toBeGreaterThan(0);
    expect(report.position).toBeGreaterThanOrEqual(Math.max(...earlyPositions));
    const { events, receipts } = await logContentsOf({ file: databaseFile(env.DATA_DIR ?? '') });
    const restored = events.map((event) => ({ ...event, data: JSON.parse(String(event.data)) as object }));
    expect(restored).toHaveLength(report.position);
    const included = acknowledgedUpTo(load.sent, report.position);
    const unanswered = load.sent.filter(({ acknowledged }) => !acknowledged);
    expect(audit(restored.slice(first) as unknown as StoredEvent[], [...included, ...unanswered])).toEqual(
      NO_FAULTS,
    );
    const receiptKeys = new Set(receipts.map(({ idempotencyKey }) => idempotencyKey));
    expect(included.filter(({ key }) => !receiptKeys.has(key))).toEqual([]);
  });
});

describe('a schedule', () => {
  it('makes backups and drills, and keeps no more backups than configured', async () => {
    await store.remove();
    store = await Store.start({
      BACKUP_SCHEDULE: '* * * * * *',
      DRILL_SCHEDULE: '* * * * * *',
      BACKUP_KEEP: '1',
      BACKUP_KEEP_DAILY: '0',
      BACKUP_KEEP_WEEKLY: '0',
    });
    await store.user('ada').post('/turns', joyfulTurn());
    const backupsLogged = () => store.log.filter((line) => line.includes('"backed up"')).length;
    const drillsLogged = () => store.log.filter((line) => line.includes('"restore drill done"')).length;
    while (backupsLogged() < 2 || drillsLogged() < 1) await sleep(20);
    await store.stop();
    const names = await readdir(backups());
    expect(names.filter((name) => DATA_FILE_ENDING.test(name))).toHaveLength(1);
    expect(names.filter((name) => /^edgesoul_backup_.*\.json$/.test(name))).toHaveLength(1);
    const errorLines = store.log.filter((line) => line.includes('"level":50'));
    // A drill may have run before the first backup.
    expect(errorLines.filter((line) => !line.includes('There is no backup in '))).toEqual([]);
  });
});
