import { setTimeout } from 'node:timers/promises';
import { clockAt, DAY_MS } from '../support/clock.js';
import { edgesoul } from '../support/edgesoul.js';
import { run, verifies, type Run, type RunReport } from '../support/retention-runs.js';
import { onPostgresql, Store } from '../support/store.js';
import { filesWithWords } from '../support/words-in-folder.js';

const POLICY = {
  RETENTION_TURNS: '2d',
  RETENTION_EMOTIONS: '2d',
  RETENTION_MEMORIES: 'fact=2d,pattern=300d',
};

/** Words of what is old, and what becomes of it: nothing else has them. */
const OLD = ['quetzalcoatl', 'xylophone', 'wolpertinger'];
const [MESSAGE = '', MEMORY = '', EMOTION = ''] = OLD;

async function told(
  store: Store,
  userId: string,
  [message, content, emotion]: readonly string[],
): Promise<void> {
  const user = store.user(userId);
  for (let i = 0; i < 6; i++)
    await user.post(
      '/turns',
      { sessionId: `s-${message?.length}`, userMessage: `${message} ${i}`, assistantMessage: `${message}?` },
      { 'Idempotency-Key': `turn-${message?.length}-${i}` },
    );
  await user.post('/emotions', { emotion, intensity: 0.5, triggers: [emotion] });
  for (const [type, pinned] of [
    ['fact', false],
    ['fact', true],
    ['pattern', false],
  ] as const)
    await user.post('/memories', {
      memoryId: `${type}-${pinned ? 'pinned' : 'free'}-${message?.length}`,
      type,
      pinned,
      content: pinned || type === 'pattern' ? 'This stays.' : `${content} and ${message}`,
    });
}

/** A store with what was said ten days ago, and the same today by another word. */
async function tenDays(env: Record<string, string> = POLICY): Promise<Store> {
  const clock = await clockAt(Date.now() - 10 * DAY_MS);
  const store = await Store.start({ ...clock.env, ...env });
  for (const userId of ['ada', 'bob']) await told(store, userId, OLD);
  await clock.set(Date.now());
  await told(store, 'ada', ['harbour', 'sailing', 'calm']);
  return store;
}

const headOf = async (store: Store) => (await store.get<{ head: number }>('/v1/events?limit=1')).body.head;

/** The files with the old words; none on PostgreSQL. */
const filesOf = (store: Store) => (onPostgresql() ? Promise.resolve([]) : filesWithWords(store.dataDir, OLD));

describe('retention', () => {
  let store: Store;
  let dry: Run;
  let done: Run;
  let old: number;
  /** The feed around the dry run. */
  let before: string;
  let after: string;

  beforeAll(async () => {
    store = await tenDays();
    old = await headOf(store);
    await store.user('ada').get(`/memories?asOf=${old}`);
    before = (await store.get('/v1/events?limit=5000')).text;
    dry = await run(store, { dryRun: true });
    after = (await store.get('/v1/events?limit=5000')).text;
    done = await run(store);
  });

  afterAll(() => store.remove());

  it('says before what it erases, and erases just that', () => {
    expect(after).toBe(before);
    expect(dry).toMatchObject({
      state: 'done',
      isDryRun: true,
      report: {
        users: 2,
        memories: 2,
        rules: { turns: 14, emotions: 2, memories: 2 },
        events: 18,
        listed: [
          { userId: 'ada', events: 9 },
          { userId: 'bob', events: 9 },
        ],
        listedErased: [],
        unsealed: 0,
      },
    });
    const { ms: _, ...counts } = dry.report as RunReport & { ms: number };
    expect(done).toMatchObject({ state: 'done', isDryRun: false, report: counts });
  });

  it('leaves no old word in any file, and no answer with one, now and in the past', async () => {
    expect(await filesOf(store)).toEqual([]);
    const ada = store.user('ada');
    for (const path of [
      '/turns',
      '/memories',
      '/emotions',
      '/emotions/observations',
      '/conversation',
      '/sessions',
    ])
      for (const asOf of ['', `?asOf=${old}`]) {
        const { status, text } = await ada.get(`${path}${asOf}`);
        expect([path, status]).toEqual([path, 200]);
        for (const word of OLD) expect(text).not.toContain(word);
      }
    const { text } = await store.get('/v1/events?limit=5000');
    for (const word of OLD) expect(text).not.toContain(word);
    expect(text).toContain('sailing');
    const reports = await store.get(`/v1/reports/emotions?asOf=${old}`);
    expect(reports.text).not.toContain(EMOTION);
  });

  it('keeps what is young, pinned or of another type', async () => {
    const { body } = await store.user('ada').get<{ items: { memoryId: string }[] }>('/memories');
    expect(body.items.map(({ memoryId }) => memoryId).toSorted()).toEqual([
      'fact-free-7',
      'fact-pinned-12',
      'fact-pinned-7',
      'pattern-free-12',
      'pattern-free-7',
    ]);
    expect((await store.user('ada').get<{ turns: number }>('/stats')).text).toContain('"turns":6');
  });

  it('shows the events without data, and its retraction for good', async () => {
    const { body } = await store.get<{ items: { type: string; data: unknown; erased?: boolean }[] }>(
      '/v1/events?userId=ada&limit=5000',
    );
    expect(body.items.filter(({ erased }) => erased)).toHaveLength(9);
    const list = await store
      .user('ada')
      .get<{ items: { retractionId: string; erases: boolean }[] }>('/retractions');
    expect(list.body.items).toMatchObject([
      { erases: true, actor: 'retention', events: 9, restoredAt: null },
    ]);
    const [{ retractionId } = { retractionId: '' }] = list.body.items;
    expect(await store.user('ada').delete(`/retractions/${retractionId}`)).toMatchObject({
      status: 409,
      body: { code: 'retraction.erased' },
    });
  });

  it('says what it does and when', async () => {
    const { body } = await store.get('/v1/ops/retention');
    expect(body).toMatchObject({
      policy: { turns: 2, emotions: 2, memories: { fact: 2, pattern: 300 }, removed: null, users: null },
      schedule: '30 4 * * *',
      nextRun: expect.stringMatching(/T04:30:00/),
      lastRun: { events: 18, users: 2, at: expect.any(String) },
    });
    const jobs = await store.get<{ items: { kind: string }[] }>('/v1/ops/jobs');
    expect(jobs.body.items.map(({ kind }) => kind)).toEqual(['retention', 'retention']);
    expect((await store.get('/metrics')).text).toMatch(
      /edgesoul_retention_last_success_timestamp_seconds \d/,
    );
    expect(store.log.join('\n')).toContain('"msg":"retention done"');
    expect(store.log.join('\n')).not.toContain(MESSAGE);
  });

  it('leaves a store that verifies and has nothing more to erase', async () => {
    await verifies(store);
    const { code, stdout } = await edgesoul(['retention', '--dry-run', '--json'], store.settings);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { events: 0, users: 0, erasedUsers: 0 }]);
  });

  it('erases whole persons without a service, with a certificate', async () => {
    await store.stop();
    const env = { ...store.settings, RETENTION_USERS: '5d' };
    const { code, stdout } = await edgesoul(['retention', '--json'], env);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { erasedUsers: 1, listedErased: ['bob'], events: 0 },
    ]);
    await store.restart();
    expect((await store.user('bob').get('/profile')).status).toBe(404);
    expect((await store.user('ada').get('/profile')).status).toBe(200);
    const { body } = await store.get<{ items: object[] }>('/v1/erasures');
    expect(body.items).toMatchObject([{ userId: 'bob', actor: 'retention' }]);
    await verifies(store);
  });
});

describe('retention whose service is killed', () => {
  it('goes on with the next run', async () => {
    const store = await tenDays();
    await store.post('/v1/ops/retention', {});
    for (;;) {
      const { text } = await store.get('/v1/events?limit=5000');
      if (text.includes('events.retracted')) break;
    }
    await store.stop('SIGKILL');
    await store.restart();
    const { text } = await store.get('/v1/events?userId=ada&limit=5000');
    expect(text).not.toContain(MEMORY);
    expect((await run(store)).state).toBe('done');
    for (let i = 0; i < 100 && (await filesOf(store)).length > 0; i++) await setTimeout(200);
    expect(await filesOf(store)).toEqual([]);
    await verifies(store);
    await store.remove();
  });
});

describe('retention after a restore', () => {
  let store: Store;

  beforeAll(async () => {
    store = await tenDays();
  });

  afterAll(() => store.remove());

  it('erases by its schedule what the backup brought back', async () => {
    expect((await edgesoul(['backup'], store.settings)).code).toBe(0);
    expect((await run(store)).report?.events).toBe(18);
    await store.stop();
    Object.assign(store.settings, { RETENTION_SCHEDULE: '* * * * * *' });
    // A PostgreSQL database is restored into an empty one only.
    const isRestored = onPostgresql() || (await edgesoul(['restore'], store.settings)).code === 0;
    expect([isRestored, onPostgresql() || (await filesOf(store)).includes('edgesoul.db')]).toEqual([
      true,
      true,
    ]);
    await store.restart();
    const feed = async () => (await store.get('/v1/events?limit=5000')).text;
    const lastRun = async () =>
      (await store.get<{ lastRun: object | null }>('/v1/ops/retention')).body.lastRun;
    for (let i = 0; i < 100 && ((await feed()).includes(MESSAGE) || !(await lastRun())); i++)
      await setTimeout(200);
    const text = await feed();
    for (const word of OLD) expect(text).not.toContain(word);
    expect(await lastRun()).not.toBeNull();
    await verifies(store);
  });
});
