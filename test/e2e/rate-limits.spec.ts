import { setTimeout as sleep } from 'node:timers/promises';
import { createKey, withKey, type IssuedKey } from '../support/keys.js';
import { Store } from '../support/store.js';

/** Sends one request after another, and returns their statuses. */
async function statuses(store: Store, count: number, headers: Record<string, string>): Promise<number[]> {
  const answered: number[] = [];
  for (let i = 0; i < count; i++) answered.push((await store.get('/v1/users/ada/stats', headers)).status);
  return answered;
}

const from = (address: string) => ({ 'x-forwarded-for': address });

describe('rate limits', () => {
  let store: Store;
  let [one, two]: IssuedKey[] = [];

  beforeAll(async () => {
    store = await Store.start({
      RATE_LIMIT: '3',
      RATE_LIMIT_WITHOUT_KEY: '2',
      TRUST_PROXY: '127.0.0.1',
      ACCESS_LOG: '1',
    });
    one = await createKey(store, '--name', 'one', '--scope', 'chat');
    two = await createKey(store, '--name', 'two', '--scope', 'chat');
    await sleep(1_000);
  });

  afterAll(() => store.remove());

  it('are counted for each key, whatever address it is used from', async () => {
    const key = withKey(one as IssuedKey);
    expect(await statuses(store, 2, { ...key, ...from('192.0.2.1') })).toEqual([404, 404]);
    expect(await statuses(store, 2, { ...key, ...from('192.0.2.2') })).toEqual([404, 429]);
    expect(await statuses(store, 1, withKey(two as IssuedKey))).toEqual([404]);
  });

  it('say in a problem document when to come back', async () => {
    const { status, body, headers } = await store.get<{ code: string; title: string }>(
      '/v1/users/ada/stats',
      withKey(one as IssuedKey),
    );
    expect([status, body.code, body.title]).toEqual([429, 'rate.exceeded', 'Too Many Requests']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(headers.get('content-type')).toContain('application/problem+json');
  });

  it('are counted for each address among those without a valid key, and never lock a key out', async () => {
    const wrong = { authorization: 'Bearer guess' };
    expect(await statuses(store, 3, { ...wrong, ...from('192.0.2.3') })).toEqual([401, 401, 429]);
    expect(await statuses(store, 1, { ...wrong, ...from('192.0.2.4') })).toEqual([401]);
    expect(await statuses(store, 1, { ...withKey(two as IssuedKey), ...from('192.0.2.3') })).toEqual([404]);
  });

  it('leave out what needs no key', async () => {
    for (let i = 0; i < 5; i++) expect((await store.get('/health/live', from('192.0.2.3'))).status).toBe(200);
  });

  it('count and log the address that a trusted proxy names', () => {
    const addresses = store.log
      .filter((line) => line.includes('"msg":"access"') && line.includes('"status":429'))
      .map((line) => (JSON.parse(line) as { address: string }).address);
    expect(addresses).toContain('192.0.2.3');
  });
});

describe('an address that a client claims for itself', () => {
  it('does not count without a trusted proxy', async () => {
    const store = await Store.start({ RATE_LIMIT: '2' });
    try {
      const statusesFrom = async (address: string) => (await statuses(store, 1, from(address)))[0];
      expect(await statusesFrom('192.0.2.1')).toBe(404);
      expect(await statusesFrom('192.0.2.2')).toBe(404);
      expect(await statusesFrom('192.0.2.3')).toBe(429);
    } finally {
      await store.remove();
    }
  });
});
