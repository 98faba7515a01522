import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
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
import { Store } from '../support/store.js';
import { tamperWith } from '../support/tampered-store.js';
import { planting } from '../support/test-database.js';

jest.setTimeout(60_000);

const HELD = fileURLToPath(new URL('../support/programs/held.js', import.meta.url));
const NAMES = PROJECTIONS.map(({ name }) => name);

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

async function ended<T extends { state: string }>(path: string): Promise<T> {
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
  return ended(`/v1/ops/verifications/${answer.body.verificationId}`);
}

/** Changes the store behind the service's back. */
async function beside(work: (transaction: LogTransaction) => Promise<void>): Promise<void> {
  const opened = await openStoreForRebuild({ file: databaseFile(store.dataDir) });
  try {
    await opened.log.transaction(work);
  } finally {
    await opened.close();
  }
}

/** The tables of a rebuild that are not live. */
function shadows(): unknown[] {
  const db = new Database(databaseFile(store.dataDir), { readonly: true });
  try {
    return db.prepare(`select name from sqlite_schema where name like '%shadow%'`).pluck().all();
  } finally {
    db.close();
  }
}

/** What a wrong fold or a hand may do. */
const scribble = () => beside((transaction) => transaction.clear(sessionsTable));

describe('a rebuild beside a service under load', () => {
  it('loses no command, refuses no read, and leaves what the log says', async () => {
    const clients = startPatientClients(() => [store.url], 1, { count: 16, pauseMs: 10 });
    await clients.acknowledged(50);
    const reads: number[] = [];
    const done = new AbortController();
    const reader = (async () => {
      while (!done.signal.aborted) reads.push((await store.user('ada-1').get('/conversation')).status);
    })();

    const rebuild = await ended<Rebuild>(await begin());

    await clients.acknowledged(150);
    await clients.stop();
    done.abort();
    await reader;
    expect(rebuild).toMatchObject({ state: 'swapped', swapped: NAMES });
    expect(rebuild.differences.filter(({ differences }) => differences > 0)).toEqual([]);
    expect(rebuild.done).toBeGreaterThan(1_000);
    expect(new Set(reads)).toEqual(new Set([200]));
    expect(clients.strange).toEqual([]);
    const { ok, findings, projections } = await verify();
    expect({ ok, findings }).toEqual({ ok: true, findings: [] });
    for (const { digestLive, digestFolded } of projections) expect(digestLive).toBe(digestFolded);
  });

  it('mends what was changed by hand, for the running service too', async () => {
    const before = (await store.user('ada-1').get('/conversation')).body;
    await scribble();
    expect((await verify()).ok).toBe(false);

    const rebuild = await ended<Rebuild>(await begin({ projections: ['conversation-window'] }));

    expect(rebuild).toMatchObject({ state: 'swapped', swapped: ['conversation-window'] });
    expect(rebuild.differences[0]?.differences).toBeGreaterThan(0);
    expect((await store.user('ada-1').get('/conversation')).body).toEqual(before);
    expect((await verify()).ok).toBe(true);
    expect((await store.user('ada-1').post('/turns', turn({ sessionId: 'session-1' }))).status).toBe(201);
    expect((await verify()).ok).toBe(true);
  });

  it('runs one at a time, can be cancelled, and leaves nothing behind', async () => {
    const path = await begin();
    expect(refusalOf(await store.post('/v1/ops/rebuilds', {}))).toBe('409 rebuild.running');

    expect((await store.delete<Rebuild>(path)).body.state).toBe('cancelled');

    expect((await verify()).ok).toBe(true);
    expect((await ended<Rebuild>(await begin())).state).toBe('swapped');
  });

  it('killed with its process leaves the live tables as they were, and the next one works', async () => {
    await store.stop();
    expect((await edgesoul(['rebuild'], killedAt('swap', store.settings))).code).toBeNull();
    expect(shadows()).not.toEqual([]);
    await store.restart();

    expect((await store.user('ada-1').get<Profile>('/profile')).status).toBe(200);
    expect(shadows()).toEqual([]);
    expect((await verify()).ok).toBe(true);
    expect((await ended<Rebuild>(await begin())).state).toBe('swapped');
    expect((await verify()).ok).toBe(true);
  });

  it('refuses what it does not know', async () => {
    const unknown = await store.post('/v1/ops/rebuilds', { projections: ['dreams'] });
    expect(refusalOf(unknown)).toBe('400 request.invalid');
    expect(refusalOf(await store.post('/v1/ops/rebuilds', { projections: [] }))).toBe('400 request.invalid');
    expect(refusalOf(await store.get('/v1/ops/rebuilds/nobody'))).toBe('404 rebuild.not-found');
    expect(refusalOf(await store.get('/v1/ops/verifications/nobody'))).toBe('404 verification.not-found');
    const { body } = await store.post<{ rebuildId: string }>('/v1/ops/rebuilds', { skip: 'no-such-event' });
    const failed = await ended<Rebuild & { error: string }>(`/v1/ops/rebuilds/${body.rebuildId}`);
    expect(failed.state).toBe('failed');
    expect(failed.error).toContain('no-such-event');
  });
});

describe('a start with folds of another version', () => {
  it('serves the rest at once, refuses what is being rebuilt, and then serves everything', async () => {
    const before = (await store.user('ada-1').get('/conversation')).body;
    await store.stop();
    // Rows that nobody may see.
    await scribble();
    await beside((transaction) =>
      transaction.save(
        planting(checkpointsTable, { projection: 'conversation-window', version: 0, position: 1 }),
      ),
    );
    const go = join(store.folder, 'go');
    const env = { ...store.settings, NODE_OPTIONS: `--import=${HELD}`, HELD_UNTIL: go };
    const started = await Store.over(env);
    const user = started.user('ada-1');

    expect((await user.get('/emotions')).status).toBe(200);
    expect(refusalOf(await user.get('/conversation'))).toBe('503 projection.unavailable');
    await writeFile(go, '');
    let answer = await user.get('/conversation');
    for (; answer.status === 503; answer = await user.get('/conversation')) await pause(10);

    expect(answer.body).toEqual(before);
    // The line comes on another way than the answer.
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
  it('asks the running service, and does the same on the files alone', async () => {
    const running = await edgesoul(['verify', '--json'], store.settings);
    expect({ code: running.code, ok: JSON.parse(running.stdout).ok }).toEqual({ code: 0, ok: true });
    await store.stop();
    const alone = await edgesoul(['verify', '--json'], store.settings);
    expect(alone.code).toBe(0);
    expect(digests(alone)).toEqual(digests(running));
  });

  it('ends with 3 when a verification finds differences, which a rebuild mends', async () => {
    await scribble();
    const found = await edgesoul(['verify'], store.settings);
    expect(found.code).toBe(3);
    expect(found.stdout).toMatch(/conversation-window.*DIFFER/);
    expect(found.stdout).toMatch(/folded \{.*"userId"/);

    const rebuilt = await edgesoul(['rebuild'], store.settings);
    expect(rebuilt.code).toBe(0);
    expect(rebuilt.stdout).toMatch(/conversation-window: \d+ of \d+ rows did not match the log/);
    expect((await edgesoul(['verify'], store.settings)).code).toBe(0);
  });

  it('says what is wrong with how it is used, and ends with 2', async () => {
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

describe('an event that folds cannot take', () => {
  it('stops its projections in a rebuild, which is told everywhere, until it is left out for ever', async () => {
    await store.restart();
    await store.user('poisoned').post('/emotions', emotion({ emotion: 'dread' }));
    const [, poison] = await store.user('poisoned').events();
    const { eventId = '', position = 0 } = poison ?? {};
    await tamperWith(store, `update events set data = '{"emotion":7}' where position = ${position}`);

    const path = await begin();
    const failed = await ended<Rebuild & { failed: object[] }>(path);

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
    // Its rows are those of live folding still, and the service goes on.
    expect((await store.user('ada-1').get('/emotions')).status).toBe(200);
    expect((await store.user('ada-1').post('/emotions', emotion())).status).toBe(201);
    expect((await edgesoul(['rebuild'], store.settings)).code).toBe(1);

    const skipped = await edgesoul(['rebuild', '--skip', eventId], store.settings);

    expect(skipped).toMatchObject({ code: 0, stdout: expect.stringContaining('emotion-trend') });
    expect((await store.get<string>('/metrics')).text).toMatch(
      /edgesoul_projection_failed\{projection="emotion-trend"\} 0/,
    );
    const found = await edgesoul(['verify'], store.settings);
    expect(found.code).toBe(3);
    expect(found.stdout).toContain(`emotion-trend skips event ${eventId}`);
    expect(found.stdout).toMatch(new RegExp(`hash at position ${position}`));
    expect(found.stdout).not.toMatch(/DIFFER/);
  });
});
