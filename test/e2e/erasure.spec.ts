import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { edgesoul } from '../support/edgesoul.js';
import { Store } from '../support/store.js';

/** Words of ada in everything that a person can say, and that nothing else has. */
const WORDS = ['quetzalcoatl', 'xylophone', 'wolpertinger', 'zugzwang'];
const [MESSAGE = '', MEMORY = '', NAME = '', TOPIC = ''] = WORDS;

interface Answered {
  erasureId: string;
  position: number;
}

/** Writes about everything that a user can have. */
async function told(store: Store, userId: string, words: readonly string[]): Promise<string> {
  const user = store.user(userId);
  const [message = '', content = '', name = '', topic = ''] = words;
  const turn = { userMessage: `I saw a ${message}.`, assistantMessage: `A ${message}?`, topics: [topic] };
  const emotion = { label: 'joy', intensity: 0.5, triggers: [topic] };
  // Rows that are overwritten, and long ones, which SQLite keeps in pages of their own.
  for (let i = 0; i < 12; i++)
    await user.post('/turns', { ...turn, sessionId: `s${i % 2}`, emotion, learn: true });
  await user.post('/turns', { ...turn, sessionId: 's0', userMessage: `${message} `.repeat(3_000) });
  await user.patch('/profile', { name, interests: [topic] }, { 'Idempotency-Key': `profile-${userId}` });
  await user.patch('/profile', { name }, { 'Idempotency-Key': `again-${userId}` });
  for (let i = 0; i < 20; i++)
    await user.post('/memories', { memoryId: `m${i}`, type: 'fact', content: `${content} ${i} ${message}` });
  for (let i = 0; i < 5; i++) await user.patch(`/memories/m${i}`, { content: `Only one ${content} ${i}` });
  await user.delete('/memories/m7?reason=done');
  const { body } = await user.get<{ receipt: { receiptId: string } }>(`/context?q=${content}`);
  await store.post(`/v1/receipts/${body.receipt.receiptId}/used`, { turnId: 't1' });
  return body.receipt.receiptId;
}

/** A job once it has ended. */
async function ended(store: Store, path: string): Promise<object> {
  for (;;) {
    const { body } = await store.get<{ state: string }>(path);
    if (body.state !== 'running') return body;
    await setTimeout(100);
  }
}

/** The files of the data folder that have one of the words, in any case; none on PostgreSQL. */
async function filesWith(store: Store, words: readonly string[]): Promise<string[]> {
  if (store.databaseUrl !== undefined) return [];
  const found: string[] = [];
  for (const entry of await readdir(store.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = (await readFile(file, 'latin1')).toLowerCase();
    if (words.some((word) => text.includes(word))) found.push(file);
  }
  return found;
}

describe('the erasure of a user', () => {
  let store: Store;
  let receiptId: string;
  let before: number;
  let erased: Answered;
  let status: number;
  let known: number;

  beforeAll(async () => {
    store = await Store.start();
    receiptId = await told(store, 'ada', WORDS);
    await told(store, 'bob', ['harbour', 'sailing', 'Bob', 'wind']);
    before = (await store.get<{ head: number }>('/v1/events?limit=1')).body.head;
    // The past is kept in memory once it was asked for.
    await store.user('ada').get(`/memories?asOf=${before}`);
    known = (await store.user('ada').get(`/profile?asOf=${before}`)).status;
    ({ status, body: erased } = await store.delete<Answered>('/v1/users/ada?confirm=ada'));
  });

  afterAll(() => store.remove());

  it('answers with its event, which says when, by whom and how many', async () => {
    const { body } = await store.get<{ items: object[] }>(`/v1/events?after=${erased.position - 1}`);
    expect([known, status, erased.position]).toEqual([200, 200, before + 1]);
    expect(body.items).toEqual([
      expect.objectContaining({
        position: erased.position,
        eventId: erased.erasureId,
        type: 'user.erased',
        userId: 'ada',
        actor: expect.any(String),
        data: { upTo: before, events: expect.any(Number), unsealed: null },
      }),
    ]);
  });

  it('leaves none of the words in any file of the data folder', async () => {
    expect(await filesWith(store, WORDS)).toEqual([]);
    const { text } = await store.get('/v1/events?limit=5000');
    for (const word of WORDS) expect(text.toLowerCase()).not.toContain(word);
  });

  it.each([
    '/profile',
    '/memories',
    '/memories/m1',
    '/memories/m1/history',
    `/memories/search?q=${MEMORY}`,
    '/emotions',
    '/emotions/trend?bucket=day',
    '/conversation',
    '/sessions',
    '/sessions/s0',
    '/stats',
    '/profile/learned',
    `/context?q=${MEMORY}`,
  ])('makes the user unknown to every read, now and in the past: %s', async (path) => {
    const user = store.user('ada');
    expect(await user.get(path)).toMatchObject({ status: 404 });
    const asOf = `${path}${path.includes('?') ? '&' : '?'}asOf=${before}`;
    expect(await user.get(asOf)).toMatchObject({ status: 404 });
  });

  it('leaves the events with their ids and positions, and no data', async () => {
    const { body } = await store.get<{ items: Record<string, unknown>[] }>(
      '/v1/events?userId=ada&limit=5000',
    );
    const others = body.items.slice(0, -1);
    expect(others.length).toBeGreaterThan(50);
    expect(others.every(({ data, erased: is }) => data === null && is === true)).toBe(true);
    const { text } = await store.get('/v1/events?userId=ada', { Accept: 'application/x-ndjson' });
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(body.items);
  });

  it('refuses what is written for the user, and a second erasure', async () => {
    const turn = { sessionId: 's', userMessage: 'x', assistantMessage: 'y' };
    expect(await store.user('ada').post('/turns', turn)).toMatchObject({
      status: 409,
      body: { code: 'user.erased', position: erased.position },
    });
    const again = await store
      .user('ada')
      .patch('/profile', { name: NAME }, { 'Idempotency-Key': 'again-ada' });
    expect(again).toMatchObject({ status: 409, body: { code: 'user.erased' } });
    expect(await store.delete('/v1/users/ada?confirm=ada')).toMatchObject({
      status: 409,
      body: { code: 'user.erased' },
    });
  });

  it('is refused for an unknown user, and without the id once more', async () => {
    expect(await store.delete('/v1/users/eve?confirm=eve')).toMatchObject({
      status: 404,
      body: { code: 'user.not-found' },
    });
    for (const path of ['/v1/users/bob', '/v1/users/bob?confirm=ada', '/v1/users/bob?confirm=bob&force=1'])
      expect(await store.delete(path)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect((await store.user('bob').get('/profile')).status).toBe(200);
    const batch = { commands: [{ command: 'EraseUser', userId: 'bob', confirm: 'bob' }] };
    const { body } = await store.post<{ results: object[] }>('/v1/commands', batch);
    expect(body.results).toMatchObject([{ status: 400 }]);
  });

  it('ends the contexts of the user', async () => {
    expect(await store.get(`/v1/receipts/${receiptId}`)).toMatchObject({
      status: 410,
      body: { code: 'receipt.erased', title: 'Gone' },
    });
  });

  it('takes the user out of reports, also of those about the past, which say so', async () => {
    for (const asOf of [before, erased.position]) {
      const { body } = await store.get<{ definitions: { erasureEpoch: number }; items: object[] }>(
        `/v1/reports/usage?bucket=all&asOf=${asOf}`,
      );
      expect(body).toMatchObject({
        definitions: { erasureEpoch: erased.position },
        items: [{ turns: 13, newUsers: 1 }],
      });
    }
    const { text } = await store.get('/v1/reports/emotions?groupBy=trigger,user');
    expect(text).not.toContain(TOPIC);
    expect(text).not.toContain('ada');
  });

  it('leaves a store that verifies, and one that is rebuilt the same', async () => {
    const verification = await store.post<{ verificationId: string }>('/v1/ops/verifications');
    const verified = await ended(store, `/v1/ops/verifications/${verification.body.verificationId}`);
    expect(verified).toMatchObject({ state: 'done', ok: true });
    const rebuild = await store.post<{ rebuildId: string }>('/v1/ops/rebuilds', {});
    const rebuilt = await ended(store, `/v1/ops/rebuilds/${rebuild.body.rebuildId}`);
    expect(rebuilt).toMatchObject({ state: 'swapped', failed: [] });
    expect((await store.user('ada').get('/profile')).status).toBe(404);
    expect(await filesWith(store, [MESSAGE, MEMORY])).toEqual([]);
  });
});

describe('an erasure whose service is killed', () => {
  it('is completed by the next one', async () => {
    const store = await Store.start();
    await told(store, 'ada', WORDS);
    const erasing = store.delete('/v1/users/ada?confirm=ada').catch(() => undefined);
    while ((await store.user('ada').get('/profile')).status !== 404);
    await store.stop('SIGKILL');
    await erasing;
    await store.restart();

    const feed = await store.get('/v1/events?limit=5000');
    for (const word of WORDS) expect(feed.text).not.toContain(word);
    const deadline = performance.now() + 30_000;
    while ((await filesWith(store, WORDS)).length > 0 && performance.now() < deadline) await setTimeout(200);
    expect(await filesWith(store, WORDS)).toEqual([]);
    await store.remove();
  });
});

describe('the command erase', () => {
  let store: Store;
  const erase = (...args: string[]) => edgesoul(['erase', ...args, '--json'], store.settings);

  beforeAll(async () => {
    store = await Store.start();
    for (const userId of ['ada', 'cyd']) await told(store, userId, WORDS);
  });

  afterAll(() => store.remove());

  it('refuses without the person once more, and an unknown one', async () => {
    expect(await erase('ada', '--confirm', 'bob')).toMatchObject({ code: 2 });
    expect(await erase('ada')).toMatchObject({ code: 2 });
    expect(await erase('eve', '--confirm', 'eve')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('user.not-found'),
    });
    expect((await store.user('ada').get('/profile')).status).toBe(200);
  });

  it('erases through the service that runs', async () => {
    const { code, stdout } = await erase('ada', '--confirm', 'ada');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { userId: 'ada', erasureId: expect.any(String), position: expect.any(Number) },
    ]);
    expect((await store.user('ada').get('/profile')).status).toBe(404);
  });

  it('erases in a store that no service has', async () => {
    await store.stop();
    expect(await erase('cyd', '--confirm', 'cyd')).toMatchObject({ code: 0 });
    expect(await filesWith(store, WORDS)).toEqual([]);
    await store.restart();
    expect((await store.user('cyd').get('/profile')).status).toBe(404);
  });
});
