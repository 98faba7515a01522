import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ACTORS } from '../../src/events/actors.js';
import { joyfulTurn } from '../support/builders.js';
import { edgesoul } from '../support/edgesoul.js';
import { createKey, keysOf, withKey, type IssuedKey } from '../support/keys.js';
import { Store } from '../support/store.js';

interface Problem {
  code: string;
}

describe('edgesoul keys', () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.start();
    await store.stop();
    await createKey(store, '--name', 'one', '--scope', 'chat', '--expires', '90d');
  });

  afterAll(() => store.remove());

  const WRONG: [string[], RegExp][] = [
    [['create', '--name', 'two'], /--scope/],
    [['create', '--scope', 'chat'], /--name/],
    [['create', '--name', 'two', '--scope', 'all'], /none of the scopes/],
    [['create', '--name', 'two words', '--scope', 'chat'], /1 to 64 characters/],
    ...Object.values(ACTORS).map((actor): [string[], RegExp] => [
      ['create', '--name', actor, '--scope', 'chat'],
      /stands for the service itself, or for who has no key/,
    ]),
    [['create', '--name', 'two', '--scope', 'chat', '--users', 'a b'], /characters of/],
    [['create', '--name', 'two', '--scope', 'chat', '--users', '*'], /characters of/],
    [['create', '--name', 'two', '--scope', 'chat', '--users', 'a*b'], /characters of/],
    [['create', '--name', 'two', '--scope', 'chat', '--tenant', 'Other'], /1 to 40 characters of a-z/],
    [['create', '--name', 'two', '--scope', 'chat', '--expires', '2020-01-01T00:00:00Z'], /in the future/],
    [['create', '--name', 'two', '--scope', 'chat', '--expires', 'never'], /look like/],
    [['rotate'], /name/],
    [['rotate', 'one', '--overlap', '-1h'], /look like/],
    [['revoke'], /name/],
  ];

  it('refuses wrong usage, and says what is wrong', async () => {
    const refused = async ([args, why]: (typeof WRONG)[number]) => {
      const { code, stdout } = await edgesoul(['keys', ...args, '--json'], store.settings);
      expect([args, code]).toEqual([args, 2]);
      expect((JSON.parse(stdout) as { error: { message: string } }).error.message).toMatch(why);
    };
    await Promise.all(WRONG.map(refused));
  });

  it.each([
    [['create', '--name', 'one', '--scope', 'chat'], 'key.exists'],
    [['create', '--name', 'theirs', '--scope', 'chat', '--tenant', 'other'], 'tenant.not-found'],
    [['rotate', 'none'], 'key.not-found'],
    [['revoke', 'none'], 'key.not-found'],
  ])('refuses %j with %s', async (args, expected) => {
    const { code, stdout } = await edgesoul(['keys', ...args, '--json'], store.settings);
    expect([code, (JSON.parse(stdout) as { error: Problem }).error.code]).toEqual([1, expected]);
  });

  it('does not rotate a key that is revoked, nor give its name away', async () => {
    await keysOf(store, 'revoke', 'one');
    await keysOf(store, 'revoke', 'one');
    for (const [args, expected] of [
      [['rotate', 'one'], 'key.ended'],
      [['create', '--name', 'one', '--scope', 'chat'], 'key.exists'],
    ] as const) {
      const { stdout } = await edgesoul(['keys', ...args, '--json'], store.settings);
      expect((JSON.parse(stdout) as { error: Problem }).error.code).toBe(expected);
    }
  });

  it('keeps the keys of a store when it is restored: a revoked one stays revoked', async () => {
    const key = await createKey(store, '--name', 'kept', '--scope', 'operator');
    await store.restart();
    await store.user('ada').post('/turns', joyfulTurn());
    const made = await edgesoul(['backup', '--json'], { ...store.settings, EDGESOUL_KEY: key.token });
    expect(made.code).toBe(0);
    await store.stop();
    await keysOf(store, 'revoke', 'kept');
    await createKey(store, '--name', 'later', '--scope', 'chat');
    const states = async () => {
      const { items } = await keysOf<{ items: IssuedKey[] }>(store, 'list');
      return items.map(({ name, state }) => [name, state]);
    };
    const expected = [
      ['kept', 'revoked'],
      ['later', 'active'],
      ['one', 'revoked'],
    ];
    expect((await edgesoul(['restore', '--json'], store.settings)).code).toBe(0);
    expect(await states()).toEqual(expected);
    await store.restart();
    expect((await store.get('/v1/ops/stats', withKey(key))).status).toBe(401);
  });

  it('puts no key into a backup', async () => {
    const folder = join(store.folder, 'elsewhere');
    const settings = { ...store.settings, DATA_DIR: folder };
    const { code } = await edgesoul(['restore', '--json'], settings);
    expect(code).toBe(0);
    const { stdout } = await edgesoul(['keys', 'list', '--json'], settings);
    expect(JSON.parse(stdout)).toEqual({ items: [] });
    expect(readFileSync(join(folder, 'edgesoul.db')).includes('kept')).toBe(false);
    await rm(folder, { recursive: true });
  });
});
