import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { LogTransaction } from '../../src/events/log/event-log.js';
import { checkpointsTable } from '../../src/events/log/log-tables.js';
import { sessionsTable } from '../../src/projections/conversation-window.projection.js';
import { PROJECTIONS } from '../../src/projections/projection-catalog.js';
import { openStoreForRebuild } from '../../src/store/open-rebuild.js';
import { databaseFile } from '../../src/store/sqlite/data-folder.js';
import type { Profile } from '../support/answers.js';
import { emotion, turn } from '../support/builders.js';
import { edgesoul, killedAt } from '../support/edgesoul.js';
import { refusalOf } from '../support/expectations.js';
import { startPatientClients } from '../support/patient-clients.js';
import { rewriteLastEvent } from '../support/rewritten-event.js';
import { Store } from '../support/store.js';
import { tamperWith } from '../support/tampered-store.js';
import { insertChange } from '../support/test-database.js';

const HOLD_PROGRAM = fileURLToPath(new URL('../support/programs/held.js', import.meta.url));
const NO_SUCH_EVENT = '01938f9c-5c00-7000-8000-000000000000';
const PROJECTION_NAMES = PROJECTIONS.map(({ name }) => name);

interface Rebuild {
  state: string;
  done: number;
  total: number;
  position: number;
  swapped: string[];
  differences: { name: string; differences: number }[];
}

interface Verification {
  state: string;
  ok: boolean;
  events: number;
  findings: unknown[];
  projections: { name: string; digestLive: string; digestFolded: string }[];
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
  for (const user of ['ada', 'bob']) {
    const commands = Array.from({ length: 500 }, (_, i) => ({
      command: 'RecordTurn',
      userId: `${user}-${i % 40}`,
      ...turn({ sessionId: `session-${i % 3}`, userMessage: `message ${i}` }),
    }));
    await store.post('/v1/commands', { commands });
  }
});

afterAll(() => store.remove());

async function finished<T extends { state: string }>(path: string): Promise<T> {
  for (;;) {
    const { body } = await store.get<T>(path);
    if (body.state !== 'running') return body;
    await pause(10);
  }
}

async function begin(body?: object): Promise<string> {
  const answer = await store.post<{ rebuildId: string }>('/v1/ops/rebuilds', body ?? {});
  expect(answer.status).toBe(202);
  return `/v1/ops/rebuilds/${answer.body.rebuildId}`;
}

/** The digests that the command line printed. */
function digests({ stdout }: { stdout: string }): string[] {
  return (JSON.parse(stdout) as Verification).projections.map(({ digestLive }) => digestLive);
}

async function verify(): Promise<Verification> {
  const answer = await store.post<{ verificationId: string }>('/v1/ops/verifications');
  expect(answer.status).toBe(202);
  return finished(`/v1/ops/verifications/${answer.body.verificationId}`);
}

/** Writes to the store directly, past the running service. */
async function writeDirectly(work: (transaction: LogTransaction) => Promise<void>): Promise<void> {
  const opened = await openStoreForRebuild({ file: databaseFile(store.dataDir) });
  try {
    await opened.log.transaction(work);
  } finally {
    await opened.close();
  }
}

/** The shadow tables, which a rebuild fills beside the live ones. */
function shadows(): unknown[] {
  const db = new Database(databaseFile(store.dataDir), { readonly: true });
  try {
    return db.prepare(`select name from sqlite_schema where name like '%shadow%'`).pluck().all();
  } finally {
    db.close();
  }
}

/** Empties a projection's table, as a wrong fold or a manual change might. */
const clearSessions = () => writeDirectly((transaction) => transaction.clear(sessionsTable));

describe('a rebuild beside a running service', () => {
  it('loses no command and refuses no read under load, and leaves rows that match the log', async () => {
    const clients = startPatientClients(() => [store.url], 1, { count: 16, pauseMs: 10 });
    await clients.acknowledged(50);
    const reads: number[] = [];
    const done = new AbortController();
    const reader = (async () => {
      while (!done.signal.aborted) reads.push((await store.user('ada-1').get('/conversation')).status);
    })();

    const rebuild = await finished<Rebuild>(await begin());

    await clients.acknowledged(150);
    await clients.stop();
    done.abort();
    await reader;
    expect(rebuild).toMatchObject({ state: 'swapped', swapped: PROJECTION_NAMES });
    expect(rebuild.differences.filter(({ differences }) => differences > 0)).toEqual([]);
    expect(rebuild.done).toBeGreaterThan(1_000);
    expect(new Set(reads)).toEqual(new Set([200]));
    expect(clients.unexpected).toEqual([]);
    const { ok, findings, projections } = await verify();
    expect({ ok, findings }).toEqual({ ok: true, findings: [] });
    for (const { digestLive, digestFolded } of projections) expect(digestLive).toBe(digestFolded);
  });

  it('repairs rows that were changed by hand, for the running service too', async () => {
    const before = (await store.user('ada-1').get('/conversation')).body;
    await clearSessions();
    expect((await verify()).ok).toBe(false);

    const rebuild = await finished<Rebuild>(await begin({ projections: ['conversation-window'] }));

    expect(rebuild).toMatchObject({ state: 'swapped', swapped: ['conversation-window'] });
    expect(rebuild.differences[0]?.differences).toBeGreaterThan(0);
    expect((await store.user('ada-1').get('/conversation')).body).toEqual(before);
    expect((await verify()).ok).toBe(true);
    expect((await store.user('ada-1').post('/turns', turn({ sessionId: 'session-1' }))).status).toBe(201);
    expect((await verify()).ok).toBe(true);
  });

  it('excludes a second one, can be cancelled, and can then be started again', async () => {
    const path = await begin();
    expect(refusalOf(await store.post('/v1/ops/rebuilds', {}))).toBe('409 rebuild.running');

    expect((await store.delete<Rebuild>(path)).body.state).toBe('cancelled');

    expect((await verify()).ok).toBe(true);
    expect((await finished<Rebuild>(await begin())).state).toBe('swapped');
  });

  it('killed with its process leaves the live tables unchanged, and the next one succeeds', async () => {
    await store.stop();
    expect((await edgesoul(['rebuild'], killedAt('swap', store.settings))).code).toBeNull();
    expect(shadows()).not.toEqual([]);
    await store.restart();

    expect((await store.user('ada-1').get<Profile>('/profile')).status).toBe(200);
    expect(shadows()).toEqual([]);
    expect((await verify()).ok).toBe(true);
    expect((await finished<Rebuild>(await begin())).state).toBe('swapped');
    expect((await verify()).ok).toBe(true);
  });

  it('refuses unknown projections and ids, and fails for an unknown event to skip', async () => {
    const unknown = await store.post('/v1/ops/rebuilds', { projections: ['dreams'] });
    expect(refusalOf(unknown)).toBe('400 request.invalid');
    expect(refusalOf(await store.post('/v1/ops/rebuilds', { projections: [] }))).toBe('400 request.invalid');
    expect(refusalOf(await store.post('/v1/ops/rebuilds', { skip: 'nope' }))).toBe('400 request.invalid');
    expect(refusalOf(await store.get('/v1/ops/rebuilds/nobody'))).toBe('404 rebuild.not-found');
    expect(refusalOf(await store.get('/v1/ops/verifications/nobody'))).toBe('404 verification.not-found');
    const { body } = await store.post<{ rebuildId: string }>('/v1/ops/rebuilds', { skip: NO_SUCH_EVENT });
    const failed = await finished<Rebuild & { error: string }>(`/v1/ops/rebuilds/${body.rebuildId}`);
    expect(failed.state).toBe('failed');
    expect(failed.error).toContain(NO_SUCH_EVENT);
  });
});

describe('a service started with a new version of a projection', () => {
  it('serves the other projections at once, and refuses the changed one until it is rebuilt', async () => {
    const before = (await store.user('ada-1').get('/conversation')).body;
    await store.stop();
    // Wrong rows, which no client may see.
    await clearSessions();
    await writeDirectly((transaction) =>
      transaction.save(
        insertChange(checkpointsTable, { projection: 'conversation-window', version: 0, position: 1 }),
      ),
    );
    const goFile = join(store.folder, 'go');
    const env = { ...store.settings, NODE_OPTIONS: `--import=${HOLD_PROGRAM}`, HELD_UNTIL: goFile };
    const started = await Store.startOn(env);
    const user = started.user('ada-1');

    expect((await user.get('/emotions')).status).toBe(200);
    expect(refusalOf(await user.get('/conversation'))).toBe('503 projection.unavailable');
    await writeFile(goFile, '');
    let answer = await user.get('/conversation');
    for (; answer.status === 503; answer = await user.get('/conversation')) await pause(10);

    expect(answer.body).toEqual(before);
    // The log line may arrive after the answer.
    while (
      !started.log.some((line) =>
        /"projections rebuilt".*conversation-window|conversation-window.*"projections rebuilt"/.test(line),
      )
    )
      await pause(10);
    expect((await user.post('/turns', turn({ sessionId: 'session-1' }))).status).toBe(201);
    await started.stop();
    await store.restart();
    expect((await verify()).ok).toBe(true);
  });
});

describe('the command line', () => {
  it('gets the same digests from verify with the service running and stopped', async () => {
    const running = await edgesoul(['verify', '--json'], store.settings);
    expect({ code: running.code, ok: JSON.parse(running.stdout).ok }).toEqual({ code: 0, ok: true });
    await store.stop();
    const alone = await edgesoul(['verify', '--json'], store.settings);
    expect(alone.code).toBe(0);
    expect(digests(alone)).toEqual(digests(running));
  });

  it('exits with 3 when verify finds differences, which a rebuild repairs', async () => {
    await clearSessions();
    const verified = await edgesoul(['verify'], store.settings);
    expect(verified.code).toBe(3);
    expect(verified.stdout).toMatch(/conversation-window.*DIFFER/);
    expect(verified.stdout).toMatch(/folded \{.*"userId"/);

    const rebuilt = await edgesoul(['rebuild'], store.settings);
    expect(rebuilt.code).toBe(0);
    expect(rebuilt.stdout).toMatch(/conversation-window: \d+ of \d+ rows did not match the log/);
    expect((await edgesoul(['verify'], store.settings)).code).toBe(0);
  });

  it('explains wrong usage and exits with 2, and prints help with examples', async () => {
    const wrong = await edgesoul(['rebuild', '--projection', 'dreams'], store.settings);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/dreams.*conversation-window/s);
    expect((await edgesoul(['dream'], store.settings)).code).toBe(2);
    const help = await edgesoul(['rebuild', '--help'], store.settings);
    expect({ code: help.code, text: help.stdout }).toEqual({
      code: 0,
      text: expect.stringContaining('Examples:'),
    });
  });
});

describe('a poison event', () => {
  it('fails the rebuild of its projection, is reported everywhere, and can be skipped for good', async () => {
    await store.restart();
    await store.user('poisoned').post('/emotions', emotion({ emotion: 'dread' }));
    const [, poison] = await store.user('poisoned').events();
    const { eventId = '', position = 0 } = poison ?? {};
    await store.stop();
    // As a release with other folds would have written it: its hash is right.
    await rewriteLastEvent(store, () => '{"emotion":7}');
    await store.restart();

    const path = await begin();
    const failed = await finished<Rebuild & { failed: object[] }>(path);

    expect(failed.state).toBe('failed');
    expect(failed.failed).toContainEqual(
      expect.objectContaining({
        projection: 'emotion-trend',
        position,
        eventId,
        cause: expect.stringContaining('emotion'),
      }),
    );
    expect(failed.swapped).toContain('memory-index');
    const { body } = await store.get<{ items: { name: string; state: string; lastError?: string }[] }>(
      '/v1/ops/projections',
    );
    expect(body.items.find(({ name }) => name === 'emotion-trend')).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining(eventId),
    });
    expect((await store.get<string>('/metrics')).text).toMatch(
      /edgesoul_projection_failed\{projection="emotion-trend"\} 1/,
    );
    expect((await store.get('/health/ready')).body).toMatchObject({
      status: 'ok',
      details: {
        projections: {
          failed: expect.arrayContaining([
            expect.objectContaining({ projection: 'emotion-trend', position, eventId }),
          ]),
        },
      },
    });
    const status = await edgesoul(['status'], store.settings);
    expect(status.stdout).toMatch(new RegExp(`emotion-trend +failed .*\\n.*event ${eventId}`));
    // The live rows are still served, and the service accepts commands.
    expect((await store.user('ada-1').get('/emotions')).status).toBe(200);
    expect((await store.user('ada-1').post('/emotions', emotion())).status).toBe(201);
    const rebuilt = await edgesoul(['rebuild'], store.settings);
    expect(rebuilt).toMatchObject({ code: 1, stdout: expect.stringContaining(`rebuild --skip ${eventId}`) });
    expect(rebuilt.stdout).not.toContain('Nothing was written');

    const skipped = await edgesoul(['rebuild', '--skip', eventId], store.settings);

    expect(skipped).toMatchObject({ code: 0, stdout: expect.stringContaining('emotion-trend') });
    expect((await store.get<string>('/metrics')).text).toMatch(
      /edgesoul_projection_failed\{projection="emotion-trend"\} 0/,
    );
    const verified = await edgesoul(['verify'], store.settings);
    expect(verified.code).toBe(3);
    expect(verified.stdout).toContain(`emotion-trend skips event ${eventId}`);
    expect(verified.stdout).not.toMatch(/DIFFER|hash at position/);
  });

  it('is neither offered nor allowed to be skipped when it is not as it was written', async () => {
    await store.user('tampered').post('/emotions', emotion({ emotion: 'dread' }));
    const [, tampered] = await store.user('tampered').events();
    const { eventId = '', position = 0 } = tampered ?? {};
    await tamperWith(store, `update events set data = '{"emotion":7}' where position = ${position}`);

    const rebuilt = await edgesoul(['rebuild'], store.settings);
    expect(rebuilt.code).toBe(1);
    expect(rebuilt.stdout).toContain(`stopped at position ${position}`);
    expect(rebuilt.stdout).toContain('npm run edgesoul -- restore');
    expect(rebuilt.stdout).not.toContain('--skip');
    for (const args of [['status'], ['verify']]) {
      const { stdout } = await edgesoul(args, store.settings);
      expect(stdout).toContain('its hash does not match');
      expect(stdout).not.toContain('--skip');
    }

    const { body } = await store.post<{ rebuildId: string }>('/v1/ops/rebuilds', { skip: eventId });
    const refused = await finished<Rebuild & { error: string }>(`/v1/ops/rebuilds/${body.rebuildId}`);
    expect(refused).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('restore the store from a backup'),
    });
    await store.stop();
    const alone = await edgesoul(['rebuild', '--skip', eventId], store.settings);
    expect(alone.code).toBe(1);
    expect(alone.stderr).toContain('It cannot be skipped');
  });
});
