import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { FeedPage } from '../support/answers.js';
import { joyfulTurn, memory } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { edgesoul } from '../support/edgesoul.js';
import { drawnRequests } from '../support/fuzz/drawn-requests.js';
import { operationsOf, type OpenApi } from '../support/fuzz/open-api.js';
import { SameAnswers, send } from '../support/fuzz/same-answers.js';
import { createKey, keysOf, withKey, type IssuedKey } from '../support/keys.js';
import { onPostgresql, Store } from '../support/store.js';
import { unzipped } from '../support/unzipped.js';

/** TENANT_FUZZ_RUNS=100000 makes it longer, FUZZ_SEED draws other requests. */
const RUNS = Number(process.env.TENANT_FUZZ_RUNS ?? 300);
const SEED = Number(process.env.FUZZ_SEED ?? 12);
/** How long a service may take to learn of a change of keys, ms. */
const LEARNT_MS = 1_000;
const EVERYTHING = ['--scope', 'chat,analyst,operator,erase'];
const HIDDEN = ['data', 'backups'];

jest.setTimeout(240_000 + RUNS * 100);

interface Problem {
  code: string;
}

const outcome = ({ status, body }: Answer<unknown>) => [status, (body as Problem).code];

/** Runs a command of the operator's command line on the store, and returns what it prints as JSON. */
async function ran<T>(store: Store, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await edgesoul([...args, '--json'], store.settings);
  if (code !== 0) throw new Error(`edgesoul ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as T;
}

async function createTenant(store: Store, tenant: string): Promise<IssuedKey> {
  await ran(store, 'tenants', 'create', tenant);
  return createKey(store, '--name', tenant, ...EVERYTHING, '--tenant', tenant);
}

let store: Store;
let control: Store;
let acme: IssuedKey;
let globex: IssuedKey;
let own: IssuedKey;
/** The key of the tenant in the other service, which has no other tenant. */
let lonely: IssuedKey;

beforeAll(async () => {
  [store, control] = await Promise.all([
    Store.start({ ACCESS_LOG: '1', MAX_OPEN_TENANTS: '2', BACKUP_SCHEDULE: '0 0 1 1 *' }),
    Store.start({ BACKUP_SCHEDULE: '0 0 1 1 *' }),
  ]);
  await store.user('ada').post('/memories', memory({ memoryId: 'boat', content: 'The default boat' }));
  acme = await createTenant(store, 'acme');
  globex = await createTenant(store, 'globex');
  own = await createKey(store, '--name', 'own', ...EVERYTHING);
  lonely = await createTenant(control, 'acme');
  await sleep(LEARNT_MS);
});

afterAll(async () => {
  await Promise.all([store.remove(), control.remove()]);
});

const eventsOf = async (key: IssuedKey) =>
  (await store.get<FeedPage>('/v1/events?limit=5000', withKey(key))).body;

describe('a user id of one tenant', () => {
  it('is another user in another tenant, from position 1 on', async () => {
    for (const key of [acme, globex]) {
      expect(outcome(await store.user('ada').get('/profile', withKey(key)))).toEqual([404, 'user.not-found']);
      const content = `The boat of ${key.name}`;
      const formed = await store
        .user('ada')
        .post('/memories', memory({ memoryId: 'boat', content }), withKey(key));
      expect(formed.body).toMatchObject({ memoryId: 'boat', position: 2, version: 1 });
    }
    for (const [key, content] of [
      [acme, 'The boat of acme'],
      [globex, 'The boat of globex'],
      [own, 'The default boat'],
    ] as const) {
      const { body } = await store.user('ada').get('/memories/boat', withKey(key));
      expect(body).toMatchObject({ content });
      const { items, head } = await eventsOf(key);
      expect([items.length, head]).toEqual([2, 2]);
      expect((await store.get('/v1/ops/stats', withKey(key))).body).toMatchObject({ users: 1, events: 2 });
    }
  });

  it('is erased in its own tenant only, and the others count on as if nothing had happened', async () => {
    const erased = await store.delete<{ erasureId: string }>('/v1/users/ada?confirm=ada', withKey(globex));
    expect(erased.status).toBe(200);
    expect(outcome(await store.user('ada').get('/profile', withKey(globex)))).toEqual([
      404,
      'user.not-found',
    ]);
    for (const key of [acme, own]) {
      expect((await store.user('ada').get('/memories/boat', withKey(key))).status).toBe(200);
      expect((await eventsOf(key)).head).toBe(2);
    }
    // The certificate is of that tenant; nobody else learns that there is one.
    const { erasureId } = erased.body;
    const certificate = (key: IssuedKey, id = erasureId) => store.get(`/v1/erasures/${id}`, withKey(key));
    expect(await certificate(globex)).toMatchObject({ status: 200, body: { erasureId, userId: 'ada' } });
    for (const key of [acme, own]) {
      const unknown = (await certificate(key, 'none')).text.replaceAll('none', erasureId);
      expect([(await certificate(key)).status, (await certificate(key)).text]).toEqual([404, unknown]);
      expect((await store.get('/v1/erasures', withKey(key))).body).toEqual({ items: [], nextCursor: null });
    }
  });

  it('has an archive of its own', async () => {
    const archive = async (key: IssuedKey, userId: string) => {
      const headers = withKey(key);
      const response = await fetch(`${store.url}/v1/users/${userId}/export`, { headers });
      return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
    };
    for (const [key, content] of [
      [acme, 'The boat of acme'],
      [own, 'The default boat'],
    ] as const) {
      const { status, bytes } = await archive(key, 'ada');
      const file = join(store.folder, 'archive.zip');
      await writeFile(file, bytes);
      const said = Object.values(unzipped(file)).join('\n');
      expect([status, said.includes(content)]).toEqual([200, true]);
      for (const other of ['The boat of acme', 'The default boat', 'The boat of globex'])
        expect(said.includes(other)).toBe(other === content);
    }
    await store.user('eve').post('/memories', memory(), withKey(globex));
    const problem = async (key: IssuedKey, userId: string) => (await archive(key, userId)).bytes.toString();
    for (const [key, userId] of [
      [globex, 'ada'],
      [acme, 'eve'],
    ] as const) {
      expect((await archive(key, userId)).status).toBe(404);
      expect(await problem(key, userId)).toBe((await problem(key, 'none')).replaceAll('none', userId));
    }
  });
});

describe('the key of a tenant', () => {
  it('is refused where the request names another tenant, whether or not there is one', async () => {
    for (const tenant of ['globex', 'nobody', 'default', '']) {
      const answer = await store.get('/v1/users', { ...withKey(acme), 'edgesoul-tenant': tenant });
      expect([tenant, ...outcome(answer)]).toEqual([tenant, 403, 'auth.forbidden']);
    }
    const named = { ...withKey(acme), 'edgesoul-tenant': 'acme' };
    expect((await store.get('/v1/users', named)).status).toBe(200);
  });

  it('gets the same files as anybody, and the same refusals', async () => {
    for (const path of ['/', '/page/main.js', '/docs/json'])
      expect((await store.get(path, withKey(acme))).text).toBe((await store.get(path)).text);
    expect(outcome(await store.get('/v1/nowhere', withKey(acme)))).toEqual([404, 'route.not-found']);
    const cut = { token: acme.token.slice(0, -1) + (acme.token.endsWith('A') ? 'B' : 'A') };
    expect(outcome(await store.get('/v1/users', withKey(cut)))).toEqual([401, 'auth.invalid']);
  });

  it('sees figures of its own store in metrics and health, and nobody else sees figures in health', async () => {
    const { text } = await store.get('/metrics', withKey(acme));
    expect(text).toContain('edgesoul_log_head_position 2\n');
    expect(text).not.toMatch(/^edgesoul_(process|nodejs|disk)_/m);
    expect((await store.get('/metrics', withKey(own))).text).toMatch(/^edgesoul_process_/m);
    const position = async (headers: Record<string, string>) =>
      (await store.get<{ details: { database: { position?: number } } }>('/health/ready', headers)).body
        .details.database;
    expect(await position(withKey(acme))).toMatchObject({ status: 'up', position: 2 });
    expect(await position({})).toEqual({ status: 'up' });
    expect((await store.get('/health/backups')).text).not.toMatch(/acme|globex|position|edgesoul_backup/);
  });

  it('works by the command line on its own store only', async () => {
    const status = await ran<{ head: number }>(
      store,
      'status',
      '--url',
      store.url,
      '--key-file',
      await keyFile(acme),
    );
    expect(status.head).toBe(2);
    const wrong = ['status', '--tenant', 'acme', '--url', store.url, '--key-file', await keyFile(own)];
    expect(await edgesoul(wrong, store.settings)).toMatchObject({ code: 1 });
    expect((await keysOf<{ items: IssuedKey[] }>(store, 'list', '--tenant', 'acme')).items).toMatchObject([
      { name: 'acme' },
    ]);
    const unknown = ['keys', 'create', '--name', 'x', '--scope', 'chat', '--tenant', 'nobody'];
    expect(await edgesoul(unknown, store.settings)).toMatchObject({ code: 1 });
  });

  it('is in the access log with its tenant', () => {
    const lines = store.log
      .filter((line) => line.includes('"msg":"access"'))
      .map((line) => JSON.parse(line) as object);
    expect(lines).toContainEqual(expect.objectContaining({ tenant: 'acme', key: 'acme', users: ['ada'] }));
    expect(lines).toContainEqual(expect.objectContaining({ tenant: 'default', key: 'own', users: ['ada'] }));
    expect(lines).not.toContainEqual(expect.objectContaining({ tenant: 'default', key: 'acme' }));
  });
});

describe('drawn requests of two tenants with the same ids', () => {
  it('get the answers that a service without the other tenant gives', async () => {
    const agent = new Agent({ keepAlive: true });
    const { body: document } = await store.get<OpenApi>('/docs/json');
    // Jobs run beside the requests, so that what they answer depends on the moment.
    const operations = operationsOf(document).filter(
      ({ method, path }) =>
        !(path.startsWith('/v1/ops/') && method !== 'GET') &&
        path !== '/metrics' &&
        !path.endsWith('/export'),
    );
    const requests = drawnRequests(document, operations);
    const compared = new SameAnswers(agent, [
      { origin: store.url, token: acme.token },
      { origin: control.url, token: lonely.token },
    ]);
    // The tenant has the same past in both.
    await control
      .user('ada')
      .post('/memories', memory({ memoryId: 'boat', content: 'The boat of acme' }), withKey(lonely));
    const other = { origin: store.url, token: globex.token };
    const mine = fc.sample(requests, { numRuns: RUNS, seed: SEED });
    const theirs = fc.sample(requests, { numRuns: RUNS, seed: SEED + 1 });
    for (const [i, drawn] of mine.entries()) {
      await Promise.all([compared.compare(drawn), send(agent, other, theirs[i] ?? drawn)]);
      if (compared.differences.size > 0) break;
    }
    agent.destroy();
    expect([...compared.differences]).toEqual([]);
    // Both have done something, so that there was something to be seen.
    expect((await eventsOf(acme)).head).toBeGreaterThan(RUNS / 50);
    expect((await eventsOf(globex)).head).toBeGreaterThan(RUNS / 50);
  });
});

describe('the stores of tenants', () => {
  it('are closed for others when there are too many, and opened again with all that they had', async () => {
    const initech = await createTenant(store, 'initech');
    await sleep(LEARNT_MS);
    const { head } = await eventsOf(acme);
    for (const key of [initech, globex, acme]) {
      const answer = await store.user('eve').post('/turns', joyfulTurn(), withKey(key));
      expect([key.name, answer.status]).toEqual([key.name, 201]);
    }
    expect((await eventsOf(acme)).head).toBeGreaterThan(head);
  });

  it('survive a kill, each for itself', async () => {
    const [before, others] = [await eventsOf(acme), await eventsOf(own)];
    await store.stop('SIGKILL');
    await store.restart();
    expect(await eventsOf(acme)).toEqual(before);
    expect(await eventsOf(own)).toEqual(others);
  });

  it('are removed with their backups and keys, and nothing else', async () => {
    await ran(
      store,
      'backup',
      '--tenant',
      'globex',
      ...(onPostgresql() ? [] : ['--key-file', await keyFile(globex)]),
    );
    expect(await readdir(join(store.folder, 'backups/tenants/globex'))).not.toEqual([]);
    const before = await eventsOf(acme);
    expect(
      await edgesoul(['tenants', 'remove', 'globex', '--confirm', 'acme'], store.settings),
    ).toMatchObject({ code: 2 });
    expect(await ran(store, 'tenants', 'remove', 'globex', '--confirm', 'globex')).toEqual({
      name: 'globex',
      keys: 1,
    });
    for (const folder of HIDDEN) expect(existsSync(join(store.folder, folder, 'tenants/globex'))).toBe(false);
    expect(outcome(await store.get('/v1/users', withKey(globex)))).toEqual([401, 'auth.invalid']);
    expect((await ran<{ items: { name: string }[] }>(store, 'tenants', 'list')).items).toEqual([
      { name: 'acme', keys: 1 },
      { name: 'initech', keys: 1 },
    ]);
    expect(await eventsOf(acme)).toEqual(before);
  });

  it('close with the service', async () => {
    expect((await store.user('eve').get('/profile', withKey(acme))).status).toBe(200);
    expect(await store.stop()).toBe(0);
    expect(store.log.join('\n')).not.toMatch(/"level":(50|60)/);
  });
});

async function keyFile({ name, token }: IssuedKey): Promise<string> {
  const file = join(store.folder, `${name}.key`);
  await writeFile(file, token);
  return file;
}
