import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client as PostgresqlClient } from 'pg';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import type { StoredEvent } from '../support/answers.js';
import { audit, NO_FAULTS } from '../support/audit.js';
import { logContentsOf } from '../support/backups.js';
import { joyfulTurn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { edgesoul, killedAt, startEdgesoul } from '../support/edgesoul.js';
import { resend } from '../support/load.js';
import { startPatientClients, type PatientClients } from '../support/patient-clients.js';
import { dropDatabase, emptyDatabase, runSql } from '../support/postgresql-databases.js';
import { rewriteLastEvent } from '../support/rewritten-event.js';
import { refusedStart, Store } from '../support/store.js';

interface Job {
  state: string;
  position: number;
  swapped: string[];
  differences: { differences: number }[];
}

let store: Store;
let folder: string;
let exported: string;
let backup: Job;
let clients: PatientClients;
let log: StoredEvent[];
/** The databases created besides the store's own. */
const createdDatabases: string[] = [];

beforeAll(async () => {
  store = await Store.start();
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-operations-'));
  exported = join(folder, 'log.ndjson.zst');
});

afterAll(async () => {
  await store.remove();
  await Promise.all(createdDatabases.map(dropDatabase));
  await rm(folder, { recursive: true });
});

async function ended(begin: string, name: string): Promise<Job> {
  const { body } = await store.post<Record<string, string>>(begin);
  for (;;) {
    const job = (await store.get<Job>(`${begin}/${body[name]}`)).body;
    if (job.state !== 'running') return job;
    await sleep(20);
  }
}

/** The settings of a store over an empty database. */
async function elsewhere(): Promise<Record<string, string>> {
  const url = await emptyDatabase();
  createdDatabases.push(url);
  return { ...store.settings, DATABASE_URL: url };
}

const addressOf = ({ DATABASE_URL: url = '' }: Record<string, string>) => ({ url });

describe('on PostgreSQL, beside a service that 64 clients write to', () => {
  it('a rebuild, a backup and an export lose and duplicate nothing', async () => {
    clients = startPatientClients(() => [store.url], 1, { pauseMs: 200 });
    await clients.acknowledged(100);

    const rebuild = await ended('/v1/ops/rebuilds', 'rebuildId');
    backup = await ended('/v1/ops/backups', 'backupId');
    const file = await edgesoul(['export', exported, '--json'], store.settings);
    const acknowledged = clients.sent.flatMap((sent) => sent.acknowledged?.position ?? []);
    await clients.stop();

    expect(rebuild).toMatchObject({ state: 'swapped', swapped: PROJECTIONS.map(({ name }) => name) });
    expect(rebuild.differences.filter(({ differences }) => differences > 0)).toEqual([]);
    expect(backup).toMatchObject({ state: 'done', verified: true });
    expect(file.code).toBe(0);
    expect(acknowledged.length).toBeGreaterThan(100);
    expect([clients.unexpected, clients.notVisible]).toEqual([[], []]);
    log = await readLog(store);
    expect(audit(log, clients.sent)).toEqual(NO_FAULTS);
    expect((await edgesoul(['verify'], store.settings)).code).toBe(0);
  });
});

describe('on PostgreSQL', () => {
  it('compact vacuums every table beside the service, and says how much it gave back', async () => {
    const { code, stdout } = await edgesoul(['compact', '--json'], store.settings);
    const { before, after, givenBack } = JSON.parse(stdout) as Record<string, number>;
    expect([code, givenBack]).toEqual([0, Math.max(0, Number(before) - Number(after))]);
    const { rows } = await runSql(
      store.databaseUrl ?? '',
      `select relname, reltuples from pg_class where relname in ('events', 'conversation_turns', 'memories')`,
    );
    expect(rows.filter(({ reltuples }) => reltuples < 0)).toEqual([]);
    expect(rows.find(({ relname }) => relname === 'events').reltuples).toBe(log.length);
    expect((await store.user('ada').get('/conversation')).status).toBeLessThan(500);
  });

  it('compact that is interrupted says so, and cancels the vacuum on the server', async () => {
    const url = store.databaseUrl ?? '';
    const holder = new PostgresqlClient({ connectionString: url });
    await holder.connect();
    await holder.query('begin; lock table receipts in share update exclusive mode');
    const { child, ended: output } = startEdgesoul(['compact'], store.settings);
    const vacuums = `select 1 from pg_stat_activity where query like 'vacuum%receipts' and state = 'active' and datname = current_database()`;
    while ((await runSql(url, vacuums)).rowCount === 0) await sleep(20);
    child.kill('SIGINT');
    expect(await output).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Interrupted/) });
    expect((await runSql(url, vacuums)).rowCount).toBe(0);
    await holder.end();
  });

  it('a restore into an empty database makes a store that recognises retries', async () => {
    const env = await elsewhere();
    const { code, stdout } = await edgesoul(['restore', '--json'], env);
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ position: backup.position })]);
    const other = await Store.startOn(env);
    try {
      expect(await readLog(other)).toEqual(log.slice(0, backup.position));
      const included = clients.sent.filter(
        ({ acknowledged }) => acknowledged && acknowledged.position <= backup.position,
      );
      const sample = included.filter((_, index) => index % 9 === 0);
      expect(await resend(other.url, sample)).toEqual(sample.map(({ acknowledged }) => acknowledged));
      expect(await readLog(other)).toHaveLength(backup.position);
    } finally {
      await other.stop('SIGKILL');
    }
  });

  it('a killed import resumes where it was killed, and ends with the log of the file', async () => {
    const env = await elsewhere();
    const killed = await edgesoul(['import', exported], killedAt('commit 2', env));
    expect(killed.code).toBeNull();
    const { events: imported } = await logContentsOf(addressOf(env));
    const { code, stdout } = await edgesoul(['import', exported, '--json'], env);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ already: imported.length, verified: expect.objectContaining({ ok: true }) }),
    ]);
    const [copied, whole] = [
      await logContentsOf(addressOf(env)),
      await logContentsOf(addressOf(store.settings)),
    ];
    const end = copied.events.length;
    expect(end).toBeGreaterThan(100);
    expect(copied.events).toEqual(whole.events.slice(0, end));
    expect(copied.receipts).toEqual(whole.receipts.filter(({ position }) => position <= end));
  });

  it('a killed restore leaves a database that is not served, and says so', async () => {
    const env = await elsewhere();
    expect((await edgesoul(['restore'], killedAt('commit 2', env))).code).toBeNull();
    expect(await refusedStart(env)).toContain('A restore has not ended');
    const { code, stdout } = await edgesoul(['verify'], env);
    expect([code, stdout]).toEqual([3, expect.stringContaining('unfinished: A restore has not ended')]);
  });

  it('a log rewritten with matching hashes fails verification against the anchor of its backup', async () => {
    await store.stop();
    expect((await edgesoul(['backup'], store.settings)).code).toBe(0);
    await rewriteLastEvent(store, (data) => `${data.slice(0, -1)} }`);
    const { stdout } = await edgesoul(['verify', '--json'], store.settings);
    const { findings } = JSON.parse(stdout) as { findings: { check: string }[] };
    expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(['anchor', 'lost-events']));
  });

  it('a reset makes a backup, empties the database, and keeps the triggers that protect the log', async () => {
    const result = await edgesoul(['reset', '--yes', '--json'], store.settings);
    expect([result.code, JSON.parse(result.stdout)]).toEqual([
      0,
      expect.objectContaining({ events: log.length, backup: expect.any(String) }),
    ]);
    await expect(runSql(store.databaseUrl ?? '', 'truncate events')).rejects.toThrow(/immutable|never/i);
    await store.restart();
    expect(await readLog(store)).toEqual([]);
    expect((await store.user('ada').post('/turns', joyfulTurn())).body).toMatchObject({ position: 4 });
  });

  it('an import into a database with other events is refused, and its service keeps working', async () => {
    const { code, stderr } = await edgesoul(['import', exported], store.settings);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/with another hash/)]);
    expect((await store.user('ada').post('/turns', joyfulTurn())).status).toBe(201);
  });

  it('an erasure is followed by a vacuum of the tables that it has touched, and of no others', async () => {
    const url = store.databaseUrl ?? '';
    const vacuums = async (): Promise<Record<string, number>> => {
      const { rows } = await runSql(url, 'select relname, vacuum_count as count from pg_stat_user_tables');
      return Object.fromEntries(rows.map(({ relname, count }) => [relname, Number(count)]));
    };
    for (const userId of ['ada', 'bob']) await store.user(userId).post('/turns', joyfulTurn());
    const before = await vacuums();
    const tables = ['events', 'receipts', 'profiles', 'conversation_turns', 'memories', 'streams'];
    const more = (now: Record<string, number>) =>
      tables.map((table) => Number(now[table]) - Number(before[table]));
    expect((await store.delete('/v1/users/ada?confirm=ada')).status).toBe(200);
    const deadline = performance.now() + 20_000;
    while (
      more(await vacuums())
        .slice(0, 4)
        .includes(0) &&
      performance.now() < deadline
    )
      await sleep(50);
    expect(more(await vacuums())).toEqual([1, 1, 1, 1, 0, 0]);
    // The command vacuums before it ends, beside the service that it does not know of.
    expect((await edgesoul(['erase', 'bob', '--confirm', 'bob'], store.settings)).code).toBe(0);
    expect(more(await vacuums())).toEqual([2, 2, 2, 2, 0, 0]);
  });

  it('a restore replays the shipped segments written after the full backup', async () => {
    const settings = { ...(await elsewhere()), BACKUP_CONTINUOUS: '1', BACKUP_DIR: join(folder, 'shipped') };
    const shipping = await Store.startOn(settings);
    await shipping.user('ada').post('/turns', joyfulTurn());
    while (!shipping.log.some((line) => line.includes('"backed up"'))) await sleep(20);
    for (let i = 0; i < 5; i++) await shipping.user('ada').post('/turns', joyfulTurn());
    // The stop ships the remaining events.
    await shipping.stop();
    const written = await logContentsOf(addressOf(settings));
    const env = { ...(await elsewhere()), BACKUP_DIR: settings.BACKUP_DIR };
    const { code, stdout } = await edgesoul(['restore', '--json'], env);
    const restored = JSON.parse(stdout) as { position: number; replayed: number };
    expect([code, restored.position, restored.replayed > 0]).toEqual([0, written.events.length, true]);
    expect(await logContentsOf(addressOf(env))).toEqual(written);
  });
});
