import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchAnswer, FeedPage } from '../support/answers.js';
import { emotion, joyfulTurn, memory, receiptOf } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { edgesoul } from '../support/edgesoul.js';
import { operationsOf, type OpenApi } from '../support/fuzz/open-api.js';
import { createKey, keysOf, withKey, type IssuedKey } from '../support/keys.js';
import { onPostgresql, refusedStart, Store } from '../support/store.js';

interface Problem {
  code: string;
  detail: string;
}

/** How long a service may take to learn of a change, ms. */
const LEARNT_MS = 1_000;

const OTHER = [403, 'auth.forbidden'];

const outcome = ({ status, body }: Answer<unknown>) => [status, (body as Problem).code];

describe('a service on a loopback address', () => {
  let store: Store;
  let chat: IssuedKey;
  let analyst: IssuedKey;
  let operator: IssuedKey;
  let eraser: IssuedKey;
  let trial: IssuedKey;

  beforeAll(async () => {
    store = await Store.start({ ACCESS_LOG: '1' });
  });

  afterAll(() => store.remove());

  it('is open to everybody while there was never a key', async () => {
    expect((await store.user('ada').post('/turns', joyfulTurn())).status).toBe(201);
    expect((await store.user('eve').post('/memories', memory({ memoryId: 'boat' }))).status).toBe(201);
    expect((await store.get('/v1/ops/stats')).status).toBe(200);
  });

  it('asks everybody for a key as soon as there is one', async () => {
    chat = await createKey(store, '--name', 'chat', '--scope', 'chat');
    expect(chat).toMatchObject({ name: 'chat', scopes: ['chat'], users: null, state: 'active' });
    expect(chat.token).toMatch(/^esk_[a-z0-9]{12}_[\w-]{43}$/);
    await sleep(LEARNT_MS);
    const answer = await store.user('ada').get('/profile');
    expect(outcome(answer)).toEqual([401, 'auth.missing']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="EdgeSoul Store"');
    expect((await store.user('ada').get('/profile', withKey(chat))).status).toBe(200);
    analyst = await createKey(store, '--name', 'analyst', '--scope', 'analyst');
    operator = await createKey(store, '--name', 'operator', '--scope', 'operator');
    eraser = await createKey(store, '--name', 'eraser', '--scope', 'erase');
    const users = ['--users', 'ada,trial-*'];
    trial = await createKey(store, '--name', 'trial', '--scope', 'chat', '--scope', 'analyst', ...users);
    expect(trial).toMatchObject({ scopes: ['chat', 'analyst'], users: ['ada', 'trial-*'] });
    await sleep(LEARNT_MS);
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Basic dXNlcjpwYXNz',
    `Bearer esk_${'a'.repeat(12)}_${'A'.repeat(43)}`,
  ])('refuses "Authorization: %s"', async (authorization) => {
    const answer = await store.user('ada').get('/profile', { authorization });
    expect(outcome(answer)).toEqual([401, 'auth.invalid']);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('refuses a token that differs in one character, or that has the part of another key', async () => {
    const last = chat.token.at(-1) === 'A' ? 'B' : 'A';
    const swapped = chat.token.slice(0, 17) + analyst.token.slice(17);
    for (const token of [chat.token.slice(0, -1) + last, swapped, `${chat.token}A`, chat.token.slice(0, -1)])
      expect(outcome(await store.user('ada').get('/profile', withKey({ token })))).toEqual([
        401,
        'auth.invalid',
      ]);
  });

  it('answers what tells nothing of anybody without a key', async () => {
    for (const path of ['/', '/page/main.js', '/docs', '/docs/json', '/health/live', '/health/ready'])
      expect([path, (await store.get(path)).status]).toEqual([path, 200]);
  });

  it('asks for a key where there is no route, too, and tells who has one', async () => {
    expect(outcome(await store.get('/v1/nowhere'))).toEqual([401, 'auth.missing']);
    expect(outcome(await store.get('/v1/nowhere', withKey(chat)))).toEqual([404, 'route.not-found']);
  });

  it('says in its OpenAPI document which scopes an operation needs, and keeps to it', async () => {
    const { body: document } = await store.get<OpenApi & Secured>('/docs/json');
    expect(document.components.securitySchemes).toMatchObject({ key: { type: 'http', scheme: 'bearer' } });
    const keys = { chat, analyst, operator, eraser };
    const operations = operationsOf(document).filter(({ path }) => !path.startsWith('/health/'));
    for (const { method, path } of operations) {
      const { security = [] } = document.paths[path]?.[method.toLowerCase()] ?? {};
      const scopes = new Set(security.flatMap((each) => each.key ?? []));
      const target = path.replaceAll(/\{receiptId\}/g, receiptOf('ada')).replaceAll(/\{\w+\}/g, 'none');
      const name = `${method} ${path}`;
      expect([name, scopes.size]).not.toEqual([name, 0]);
      expect([name, ...outcome(await store.send(method, target))]).toEqual([name, 401, 'auth.missing']);
      for (const [of, key] of Object.entries(keys)) {
        const reached = await answered(store, method, target, key);
        const isFor = key.scopes.some((scope) => scopes.has(scope));
        expect([name, of, reached]).toEqual([name, of, isFor]);
      }
    }
  });

  it('names the missing scope', async () => {
    const answer = await store.get<Problem>('/v1/ops/stats', withKey(chat));
    expect(outcome(answer)).toEqual([403, 'auth.forbidden']);
    expect(answer.body.detail).toContain('operator');
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="operator"');
    expect((await store.get('/metrics', withKey(operator))).status).toBe(200);
  });

  it('records the name of the key as the actor of its events', async () => {
    await store.user('ada').post('/emotions', emotion(), withKey(chat));
    const batch = { commands: [{ command: 'ObserveEmotion', userId: 'trial-1', ...emotion() }] };
    await store.post('/v1/commands', batch, withKey(trial));
    const { body } = await store.get<FeedPage>('/v1/events?limit=5000', withKey(analyst));
    const actors = body.items.map(({ userId, actor }) => `${userId} ${actor}`);
    expect(new Set(actors)).toEqual(new Set(['ada api', 'eve api', 'ada chat', 'trial-1 trial']));
    const forged = await store.user('ada').post('/emotions', emotion({ actor: 'operator' }), withKey(chat));
    expect(forged.status).toBe(400);
  });

  describe('with a key that is bound to users', () => {
    it('answers for them, and for those that there are not yet', async () => {
      expect((await store.user('ada').get('/stats', withKey(trial))).status).toBe(200);
      expect((await store.user('trial-2').post('/turns', joyfulTurn(), withKey(trial))).status).toBe(201);
      expect((await store.get('/v1/events?userId=ada', withKey(trial))).status).toBe(200);
      expect((await store.get('/v1/reports/emotions?users=ada,trial-2', withKey(trial))).status).toBe(200);
      expect((await store.user('ada').get('/events', withKey(trial))).status).toBe(200);
    });

    it('refuses everybody else with one answer, whether or not they exist', async () => {
      const texts = await Promise.all(
        ['eve', 'nobody', 'ADA', 'ada2', 'trial', '%00', 'x'.repeat(200)].map(async (id) => {
          const answer = await store.get(`/v1/users/${id}/profile`, withKey(trial));
          expect([id, ...outcome(answer)]).toEqual([id, ...OTHER]);
          return answer.text;
        }),
      );
      expect(new Set(texts).size).toBe(1);
    });

    it.each([
      'GET /v1/users',
      'GET /v1/users/eve/events',
      'GET /v1/users/eve/timeline',
      'GET /v1/events',
      'GET /v1/events?userId=eve',
      'GET /v1/events?userId=ada&userId=eve',
      'GET /v1/events?users=eve&userId=ada',
      'GET /v1/events?userId=',
      'GET /v1/events?types=turn.recorded',
      'GET /v1/events/stream',
      'GET /v1/events/stream?userId=eve',
      'GET /v1/events/histogram?users=ada,eve',
      'GET /v1/reports/mood',
      'GET /v1/reports/usage?users=',
      'GET /v1/reports/cohorts?users=trial',
      'GET /v1/positions?at=2025-03-03T08:00:00Z',
      `GET /v1/receipts/${receiptOf('eve')}`,
      'GET /api/v1/memory/profile/eve',
      'DELETE /api/v1/memory/memories/eve',
    ])('refuses %s', async (request) => {
      const [method = '', path = ''] = request.split(' ');
      expect(outcome(await store.send(method, path, { headers: withKey(trial) }))).toEqual(OTHER);
    });

    it('refuses others in bodies', async () => {
      const search = { user_id: 'eve', query: 'boat' };
      expect(outcome(await store.post('/api/v1/memory/memories/search', search, withKey(trial)))).toEqual(
        OTHER,
      );
      const used = { turnId: '0198c2a4-0000-7000-8000-000000000000' };
      expect(
        outcome(await store.post(`/v1/receipts/${receiptOf('eve')}/used`, used, withKey(trial))),
      ).toEqual(OTHER);
    });

    it("refuses the commands of others in a batch, and executes its own users'", async () => {
      const commands = ['ada', 'eve', 'nobody', 'trial-3'].map((userId) => ({
        command: 'ObserveEmotion',
        userId,
        ...emotion(),
      }));
      const { body } = await store.post<BatchAnswer>('/v1/commands', { commands }, withKey(trial));
      expect(body.results.map(({ status }) => status)).toEqual([201, 403, 403, 201]);
      expect(JSON.stringify(body.results[1])).toBe(JSON.stringify(body.results[2]));
      expect((await store.user('nobody').get('/profile', withKey(chat))).status).toBe(404);
    });
  });

  it('writes one line for each request, without what was said or asked', async () => {
    const said = 'unspeakable';
    await store.user('ada').post('/turns', joyfulTurn({ userMessage: said }), withKey(chat));
    await store
      .user('ada')
      .get(`/memories/search?q=${said}`, { ...withKey(chat), 'x-correlation-id': 'r-1' });
    await store.get(`/v1/users/${said}/profile`, withKey(analyst));
    const lines = () => store.log.filter((line) => line.includes('"msg":"access"'));
    for (let waited = 0; waited < 20 && !lines().at(-1)?.includes('"status":403'); waited++) await sleep(50);
    const line = JSON.parse(lines().find((each) => each.includes('"r-1"')) ?? '{}') as object;
    // These fields, and no others.
    expect(line).toEqual({
      level: 30,
      time: expect.any(String),
      msg: 'access',
      requestId: 'r-1',
      tenant: 'default',
      key: 'chat',
      address: '127.0.0.1',
      method: 'GET',
      route: '/v1/users/:userId/memories/search',
      users: ['ada'],
      status: 200,
      ms: expect.any(Number),
    });
    const many = Array.from({ length: 12 }, (_, i) => `u${i}`).join();
    await store.get(`/v1/events?users=${many}`, { ...withKey(analyst), 'x-correlation-id': 'r-2' });
    // What is no id of a user may be anything.
    const text = encodeURIComponent(`she said: ${said}`);
    await store.get(`/v1/events?users=${text}&userId=${text}`, { 'x-correlation-id': 'r-3' });
    for (let waited = 0; waited < 20 && !lines().at(-1)?.includes('"r-3"'); waited++) await sleep(50);
    const [second, third] = lines().slice(-2);
    expect(JSON.parse(second ?? '{}')).toMatchObject({ users: many.split(',').slice(0, 10), moreUsers: 2 });
    expect(JSON.parse(third ?? '{}')).toMatchObject({ requestId: 'r-3', key: null, status: 401 });
    expect(third).not.toContain('users":');
    expect(
      store.log.filter((each) => each.includes(said)).map((each) => /"route":"[^"]*"/.exec(each)?.[0]),
    ).toEqual(['"route":"/v1/users/:userId/profile"']);
    expect(store.log.join('\n')).not.toContain(chat.token.slice(17));
  });

  it('shows its operator what a key may not do, and takes a key from a variable or a file', async () => {
    const keyFile = join(store.folder, 'key');
    await writeFile(keyFile, `${operator.token}\n`);
    const stats = (args: string[], env = {}) =>
      edgesoul(['stats', '--url', store.url, '--json', ...args], { ...store.settings, ...env });
    expect((await stats(['--key-file', keyFile])).code).toBe(0);
    expect((await stats([], { EDGESOUL_KEY: operator.token })).code).toBe(0);
    expect((await stats([])).stdout).toMatch(/auth.missing.*--key-file/s);
    expect((await stats([], { EDGESOUL_KEY: chat.token })).stdout).toMatch(/auth.forbidden.*operator/s);
    expect((await stats([], { EDGESOUL_KEY: 'x\ny' })).code).toBe(2);
    expect((await stats(['--key-file', join(store.folder, 'none')])).code).toBe(2);
  });

  it('keeps an old token for as long as a rotation says, and no longer', async () => {
    const read = async (token: string) =>
      (await store.user('ada').get('/profile', withKey({ token }))).status;
    const second = await keysOf<IssuedKey>(store, 'rotate', 'chat', '--overlap', '1m');
    await sleep(LEARNT_MS);
    expect([await read(chat.token), await read(second.token)]).toEqual([200, 200]);
    const third = await keysOf<IssuedKey>(store, 'rotate', 'chat');
    await sleep(LEARNT_MS);
    expect([await read(chat.token), await read(second.token), await read(third.token)]).toEqual([
      401, 401, 200,
    ]);
    chat = third;
  });

  it('refuses a key within a second of its revocation, in each process, and stays closed', async () => {
    const processes = [store, ...(onPostgresql() ? [await Store.startOn(store.settings)] : [])];
    const statuses = async () => {
      const answers = processes.map((each) => each.user('ada').get('/profile', withKey(chat)));
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    try {
      expect(new Set(await statuses())).toEqual(new Set([200]));
      const stream = await fetch(`${store.url}/v1/events/stream`, { headers: withKey(analyst) });
      expect(stream.status).toBe(200);
      for (const name of ['chat', 'analyst', 'operator', 'eraser', 'trial'])
        await keysOf(store, 'revoke', name);
      await sleep(LEARNT_MS);
      expect(new Set(await statuses())).toEqual(new Set([401]));
      await expect(stream.text()).rejects.toThrow('terminated');
      expect(outcome(await store.get('/v1/ops/stats'))).toEqual([401, 'auth.missing']);
    } finally {
      await processes[1]?.stop();
    }
  });

  it('lists who has used a key and when, but never a token', async () => {
    await store.stop();
    const { items } = await keysOf<{ items: IssuedKey[] }>(store, 'list');
    expect(items.map(({ name, state }) => [name, state])).toEqual([
      ['analyst', 'revoked'],
      ['chat', 'revoked'],
      ['eraser', 'revoked'],
      ['operator', 'revoked'],
      ['trial', 'revoked'],
    ]);
    for (const { lastUsedAt } of items)
      expect(Math.abs(Date.now() - Date.parse(lastUsedAt ?? ''))).toBeLessThan(60_000);
    expect(JSON.stringify(items)).not.toContain(chat.token.slice(17));
    await store.restart();
    expect(outcome(await store.get('/v1/ops/stats'))).toEqual([401, 'auth.missing']);
  });
});

interface Secured {
  components: { securitySchemes: object };
  paths: Record<string, Record<string, { security?: Record<string, string[]>[] }>>;
}

/** Whether a key gets further than the guard; a stream is left at once. */
async function answered(store: Store, method: string, path: string, key: IssuedKey): Promise<boolean> {
  const leave = new AbortController();
  const response = await fetch(store.url + path, { method, headers: withKey(key), signal: leave.signal });
  leave.abort();
  return response.status !== 401 && response.status !== 403;
}

describe('the start of a service', () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.start();
    await store.stop();
  });

  afterAll(() => store.remove());

  const start = async (env: Record<string, string>): Promise<Store> =>
    Store.startOn({ ...store.settings, ...env });

  it('is refused on an address of a network without a key, and says what to do', async () => {
    const why = await refusedStart({ ...store.settings, HOST: '0.0.0.0' });
    expect(why).toMatch(/no key that is valid.*keys create.*AUTH=off/s);
  });

  it('is allowed there with AUTH=off, which asks nobody', async () => {
    const open = await start({ HOST: '0.0.0.0', AUTH: 'off' });
    expect((await open.get('/v1/ops/stats')).status).toBe(200);
    await open.stop();
  });

  it('is allowed there with a key that is valid, but not with one that has ended', async () => {
    await createKey(store, '--name', 'first', '--scope', 'chat');
    const closed = await start({ HOST: '0.0.0.0' });
    expect(outcome(await closed.get('/v1/ops/stats'))).toEqual([401, 'auth.missing']);
    await closed.stop();
    await keysOf(store, 'revoke', 'first');
    expect(await refusedStart({ ...store.settings, HOST: '0.0.0.0' })).toContain('no key that is valid');
  });

  it('keeps an expired key out', async () => {
    const soon = new Date(Date.now() + 4_000).toISOString();
    const key = await createKey(store, '--name', 'short', '--scope', 'operator', '--expires', soon);
    const closed = await start({});
    const statuses = new Set<number>();
    while (!statuses.has(401)) {
      statuses.add((await closed.get('/v1/ops/stats', withKey(key))).status);
      await sleep(100);
    }
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon));
    await closed.stop();
  });

  it('asks nobody with AUTH=off, whatever keys there are', async () => {
    const open = await start({ AUTH: 'off' });
    expect((await open.get('/v1/ops/stats', { authorization: 'Bearer nothing' })).status).toBe(200);
    await open.stop();
  });

  it('keeps the keys of a store that is reset', async () => {
    expect((await edgesoul(['reset', '--yes', '--json'], store.settings)).code).toBe(0);
    const { items } = await keysOf<{ items: IssuedKey[] }>(store, 'list');
    expect(items.map(({ name, state }) => [name, state])).toEqual([
      ['first', 'revoked'],
      ['short', 'expired'],
    ]);
    const closed = await start({});
    expect(outcome(await closed.get('/v1/ops/stats'))).toEqual([401, 'auth.missing']);
    await closed.stop();
  });
});
