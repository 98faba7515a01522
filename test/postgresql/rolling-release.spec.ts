import { setTimeout as sleep } from 'node:timers/promises';
import { emotion } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { refusalOf } from '../support/expectations.js';
import { newerRelease, type NewerRelease } from '../support/newer-release.js';
import { startPatientClients } from '../support/patient-clients.js';
import { runSql } from '../support/postgresql-databases.js';
import { Store } from '../support/store.js';

interface Projections {
  items: { name: string; version: number; state: string; lag: number; lastError?: string }[];
}

interface Emotions {
  items: { emotion: string; frequency: number }[];
}

let release: NewerRelease;
let older: Store;
let newer: Store;

beforeAll(async () => {
  release = await newerRelease();
  older = await Store.start();
  for (let i = 0; i < 5; i++) await older.user('ada').post('/emotions', emotion({ emotion: 'joy' }));
});

afterAll(async () => {
  await newer?.stop('SIGKILL');
  await older.remove();
  await release.remove();
});

const joys = async (store: Store) => {
  const { status, body } = await store.user('ada').get<Emotions>('/emotions');
  expect(status).toBe(200);
  return body.items.find(({ emotion: name }) => name === 'joy')?.frequency;
};

const trendOf = async (store: Store) =>
  (await store.get<Projections>('/v1/ops/projections')).body.items.find(
    ({ name }) => name === 'emotion-trend',
  );

/** Polls the version of the projection's rows and collects each one that differs from the last. */
function watchVersions(): { seen: number[]; stop(): Promise<void> } {
  const seen: number[] = [];
  const stopped = new AbortController();
  const polling = (async () => {
    while (!stopped.signal.aborted) {
      const { rows } = await runSql(
        older.databaseUrl ?? '',
        `select version::int from checkpoints where projection = 'emotion-trend'`,
      );
      const { version } = rows[0] as { version: number };
      if (seen.at(-1) !== version) seen.push(version);
      await sleep(10);
    }
  })();
  return {
    seen,
    stop: async () => {
      stopped.abort();
      await polling;
    },
  };
}

describe('a newer release that takes over from an older one on the same database', () => {
  it('rebuilds its changed projection while the older one takes commands, and neither undoes the other', async () => {
    const versions = watchVersions();
    const clients = startPatientClients(() => [older.url], 1, { count: 4, pauseMs: 100 });
    await clients.acknowledged(20);
    newer = await Store.startOn(older.settings, release.under);
    let answer = await older.user('ada').get('/emotions');
    for (; answer.status === 200; answer = await older.user('ada').get('/emotions')) await sleep(20);
    expect(refusalOf(answer)).toBe('503 projection.unavailable');
    await clients.acknowledged(clients.sent.length + 40);

    // A client of the newer release reads its own writes, whatever the older release writes.
    for (let i = 6; i <= 15; i++) {
      expect((await newer.user('ada').post('/emotions', emotion({ emotion: 'joy' }))).status).toBe(201);
      expect(await joys(newer)).toBe(i);
    }
    expect((await newer.get('/health/ready')).status).toBe(200);
    expect((await older.get('/health/ready')).status).toBe(503);
    expect(await trendOf(older)).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining('newer'),
    });

    await older.restart();
    expect(refusalOf(await older.user('ada').get('/emotions'))).toBe('503 projection.unavailable');
    expect((await older.user('ada').get('/profile')).status).toBe(200);
    await clients.stop();
    await versions.stop();
    expect(clients.unexpected).toEqual([]);
    const [before, ...after] = versions.seen;
    expect(after).toEqual([(before ?? 0) + 1]);
  });

  it('catches up with the last events of the older one, and its rows match the whole log', async () => {
    // More events than a command catches up in its own transaction.
    const commands = Array.from({ length: 600 }, () => ({
      command: 'ObserveEmotion',
      userId: 'bob',
      ...emotion(),
    }));
    for (let i = 0; i < 2; i++) expect((await older.post('/v1/commands', { commands })).status).toBe(200);
    await older.stop();
    let trend = await trendOf(newer);
    for (; trend?.state !== 'live'; trend = await trendOf(newer)) await sleep(20);
    expect(trend.lag).toBe(0);
    const { verificationId } = (await newer.post<{ verificationId: string }>('/v1/ops/verifications')).body;
    let verified: { state: string; ok: boolean; events: number };
    do {
      await sleep(50);
      verified = (await newer.get<typeof verified>(`/v1/ops/verifications/${verificationId}`)).body;
    } while (verified.state === 'running');
    expect(verified).toMatchObject({ state: 'done', ok: true, events: (await readLog(newer)).length });
  });
});
