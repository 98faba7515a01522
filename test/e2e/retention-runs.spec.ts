import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BatchAnswer } from '../support/answers.js';
import { clockAt, DAY_MS } from '../support/clock.js';
import { edgesoul } from '../support/edgesoul.js';
import { begin, run, verifies, type Run } from '../support/retention-runs.js';
import { Store } from '../support/store.js';

const HURRIED = fileURLToPath(new URL('../support/programs/hurried-minute.js', import.meta.url));
/** Most events that one retraction takes. */
const AT_ONCE = 10_000;
/** Most commands of a batch. */
const IN_BATCH = 1_000;

const POLICY = { RETENTION_EMOTIONS: '2d' };

interface Feed {
  items: { type: string; userId: string; erased?: boolean }[];
}

/** A store in which each of these users felt something ten days ago, so many times. */
async function felt(
  userIds: readonly string[],
  times: number,
  env: Record<string, string> = {},
): Promise<Store> {
  const clock = await clockAt(Date.now() - 10 * DAY_MS);
  const store = await Store.start({ ...POLICY, ...clock.env, ...env });
  const commands = userIds.flatMap((userId) =>
    Array.from({ length: times }, (_, i) => ({
      command: 'ObserveEmotion',
      userId,
      emotion: `felt ${i % 7}`,
      intensity: 0.5,
    })),
  );
  for (let sent = 0; sent < commands.length; sent += IN_BATCH) {
    const { body } = await store.post<BatchAnswer>('/v1/commands', {
      commands: commands.slice(sent, sent + IN_BATCH),
    });
    expect(new Set(body.results.map(({ status }) => status))).toEqual(new Set([201]));
  }
  await clock.set(Date.now());
  return store;
}

/** The users of whom something was erased. */
async function erasedUsers(store: Store): Promise<string[]> {
  const { body } = await store.get<Feed>('/v1/events?types=emotion.observed&limit=5000');
  return [...new Set(body.items.filter(({ erased }) => erased).map(({ userId }) => userId))];
}

/** Whether a run has begun to erase something. */
async function hasBegun(store: Store): Promise<boolean> {
  const { body } = await store.get<Feed>('/v1/events?types=events.retracted&limit=1');
  return body.items.length > 0;
}

describe('the first run of retention after a start', () => {
  let store: Store;

  afterEach(() => store.remove());

  it('comes by itself after a minute, long before the schedule', async () => {
    store = await felt(['ada'], 3, { RETENTION_SCHEDULE: '0 0 29 2 *' });
    expect((await store.get('/v1/ops/retention')).body).toMatchObject({ lastRun: null });
    const { NODE_OPTIONS: options = '' } = store.settings;
    Object.assign(store.settings, { NODE_OPTIONS: `${options} --import=${HURRIED}`, HURRIED_MINUTE: '300' });
    await store.restart();
    const state = async () => (await store.get<{ lastRun: object | null }>('/v1/ops/retention')).body;
    while (!(await state()).lastRun) await sleep(50);
    expect(await state()).toMatchObject({ lastRun: { events: 3, users: 1, leftOut: 0 } });
    expect(await erasedUsers(store)).toEqual(['ada']);
    await verifies(store);
  });
});

describe('edgesoul retention', () => {
  it('says that no rule is set, with a service and without one', async () => {
    const store = await Store.start();
    const dryRun = async (...args: string[]) => {
      const { code, stdout } = await edgesoul(['retention', '--dry-run', ...args], store.settings);
      return [code, stdout];
    };
    const told = [0, expect.stringMatching(/^No rule is set .*nothing is ever too old/)];
    expect(await dryRun('--url', store.url)).toEqual(told);
    await store.stop();
    expect(await dryRun()).toEqual(told);
    await store.remove();
  });
});

describe('a run of retention', () => {
  const users = Array.from({ length: 60 }, (_, i) => `u${String(i).padStart(3, '0')}`);
  let store: Store;

  afterEach(() => store.remove());

  it.each([
    ['its route', (id: string) => `/v1/ops/retention/${id}`],
    ['the list of all jobs', (id: string) => `/v1/ops/jobs/${id}`],
  ])('is cancelled over %s in the middle, and the next one does the rest', async (_by, pathOf) => {
    store = await felt(users, 2);
    const id = await begin(store);
    const another = await store.post('/v1/ops/retention', {});
    expect([another.status, another.body]).toMatchObject([409, { code: 'retention.running' }]);
    while (!(await hasBegun(store))) await sleep(5);
    const cancelled = await store.delete<Run>(pathOf(id));
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { state: 'cancelled', error: null }]);
    expect((await store.get<Run>(`/v1/ops/retention/${id}`)).body).toMatchObject({
      state: 'cancelled',
      isDryRun: null,
      report: null,
    });

    // What was begun is gone, and nothing else; a run that was cancelled is not the last one that has ended.
    const first = await erasedUsers(store);
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(users.length);
    expect((await store.get('/v1/ops/retention')).body).toMatchObject({ lastRun: null });
    await verifies(store);
    expect((await store.delete<Run>(pathOf(id))).body.state).toBe('cancelled');

    const { report } = await run(store);
    expect(report).toMatchObject({ users: users.length - first.length, leftOut: 0 });
    expect((await erasedUsers(store)).toSorted()).toEqual(users);
    await verifies(store);
  });

  it('takes back more than 10,000 events of one person in two retractions', async () => {
    const times = AT_ONCE + 7;
    store = await felt(['ada'], times);
    await store.user('ada').post('/emotions', { emotion: 'calm', intensity: 0.5 });
    const dry = await run(store, { dryRun: true });
    const { state, report } = await run(store);
    expect(state).toBe('done');
    expect(report).toMatchObject({ events: times, users: 1, rules: { emotions: times }, leftOut: 0 });
    expect(report).toMatchObject({ listed: dry.report?.listed });
    const { body } = await store.user('ada').get<{ items: object[] }>('/retractions');
    expect(body.items).toMatchObject([
      { erases: true, events: 7, actor: 'retention' },
      { erases: true, events: AT_ONCE, actor: 'retention' },
    ]);
    const left = await store.user('ada').get<{ items: { emotion: string }[] }>('/emotions/observations');
    expect(left.body.items.map(({ emotion }) => emotion)).toEqual(['calm']);
    await verifies(store);
    expect((await run(store)).report).toMatchObject({ events: 0, users: 0 });
  });
});
