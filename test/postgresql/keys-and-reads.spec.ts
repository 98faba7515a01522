import { setTimeout as sleep } from 'node:timers/promises';
import type { PersonReadPageAnswer } from '../../src/modules/audit/audit.dto.js';
import type { Scope } from '../../src/store/keys/access-key.js';
import { createKey, listKeys, revokeKey, rotateKey } from '../../src/store/keys/access-keys.js';
import { edgesoul } from '../support/edgesoul.js';
import { withKey } from '../support/keys.js';
import { Store } from '../support/store.js';

/** How long a service may take to learn of a change of keys, ms. */
const LEARNT_MS = 1_000;

let store: Store;
/** Another process on the same database. */
let other: Store;
const keys: Record<string, { authorization: string }> = {};

const address = () => ({ url: store.databaseUrl ?? '' });

async function makeKey(name: string, ...scopes: Scope[]): Promise<void> {
  keys[name] = withKey(await createKey(address(), { name, scopes }));
}

const statuses = async (name: string) =>
  Promise.all(
    [store, other].map(async (each) => (await each.user('ada').get('/profile', keys[name])).status),
  );

/** The reads of ada by the key of a person, but those of the list itself. */
async function reads(): Promise<string[]> {
  const { body } = await store.get<PersonReadPageAnswer>('/v1/users/ada/access', keys['officer']);
  return body.items.filter(({ key }) => key === 'anna').map(({ route, status }) => `${route} ${status}`);
}

beforeAll(async () => {
  store = await Store.start({ AUDIT_READS: '1' });
  other = await Store.startOn(store.settings);
  await makeKey('chat', 'chat');
  await makeKey('anna', 'analyst');
  await makeKey('officer', 'operator', 'erase');
  await sleep(LEARNT_MS);
  await store.user('ada').post('/emotions', { emotion: 'joy', intensity: 0.5 }, keys['chat']);
});

afterAll(async () => {
  await other.stop();
  await store.remove();
});

describe('keys in PostgreSQL', () => {
  it('are asked for by each process, and rotated in each', async () => {
    expect(await statuses('nobody')).toEqual([401, 401]);
    expect(await statuses('chat')).toEqual([200, 200]);
    keys['rotated'] = withKey(await rotateKey(address(), 'chat', 0));
    await sleep(LEARNT_MS);
    expect([await statuses('chat'), await statuses('rotated')]).toEqual([
      [401, 401],
      [200, 200],
    ]);
  });

  it('are refused within a second of their revocation, in each process', async () => {
    await revokeKey(address(), 'chat');
    await sleep(LEARNT_MS);
    expect(await statuses('rotated')).toEqual([401, 401]);
  });
});

describe('reads of a person in PostgreSQL', () => {
  it('are listed whichever process was asked, and stay, with the keys, when the store is reset', async () => {
    for (const each of [store, other]) await each.user('ada').get('/timeline', keys['anna']);
    const listed = ['/v1/users/:userId/timeline 200', '/v1/users/:userId/timeline 200'];
    const deadline = performance.now() + 20_000;
    while ((await reads()).length < listed.length && performance.now() < deadline) await sleep(100);
    expect(await reads()).toEqual(listed);

    await Promise.all([store.stop(), other.stop()]);
    expect((await edgesoul(['reset', '--yes', '--json'], store.settings)).code).toBe(0);
    await store.restart();
    expect((await store.get('/v1/users', keys['officer'])).status).toBe(403);
    expect(await reads()).toEqual(listed);
    const used = (await listKeys(address())).map(({ name, lastUsedAt }) => [name, lastUsedAt !== null]);
    expect(used).toEqual(expect.arrayContaining([['anna', true]]));
  });
});
