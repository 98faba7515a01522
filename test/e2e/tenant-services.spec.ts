import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedPage } from '../support/answers.js';
import { joyfulTurn } from '../support/builders.js';
import { clockAt, DAY_MS } from '../support/clock.js';
import { edgesoul } from '../support/edgesoul.js';
import { createKey, keysOf, withKey, type IssuedKey } from '../support/keys.js';
import { Store } from '../support/store.js';

/** How long a service may take to learn of a change of keys, ms. */
const LEARNT_MS = 1_000;
const TLS = join(import.meta.dirname, '../fixtures/tls');
const OFTEN = '*/5 * * * * *';

let store: Store;

afterEach(() => store.remove());

async function createTenant(tenant: string): Promise<IssuedKey> {
  const { code, stdout } = await edgesoul(['tenants', 'create', tenant, '--json'], store.settings);
  if (code !== 0) throw new Error(stdout);
  const key = await createKey(store, '--name', tenant, '--scope', 'chat,analyst', '--tenant', tenant);
  await sleep(LEARNT_MS);
  return key;
}

const tell = (key: IssuedKey) => store.user('ada').post('/turns', joyfulTurn(), withKey(key));
const backupsOf = (tenant: string) => join(store.folder, 'backups/tenants', tenant);
const namesIn = (folder: string) => readdir(folder).catch((): string[] => []);

/** Waits until it is so; throws after a minute. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`After a minute not yet: ${String(isSo)}`);
    await sleep(100);
  }
}

const isShipped = async (tenant: string, position: number) =>
  (await namesIn(join(backupsOf(tenant), 'segments'))).some((name) =>
    new RegExp(`^edgesoul_log_\\d+-0*${position}_`).test(name),
  );

/** Whether a drill of the tenant's backups has succeeded. */
async function hasDrilled(tenant: string): Promise<boolean> {
  const name = (await namesIn(backupsOf(tenant))).find((each) => each.startsWith('edgesoul_drill_'));
  const result = name && (await readFile(join(backupsOf(tenant), name), 'utf8'));
  return result ? (JSON.parse(result) as { ok: boolean }).ok : false;
}

describe('the stores of tenants', () => {
  it('are backed up and tried out by the schedules, and closed again; health says that one fails', async () => {
    store = await Store.start();
    for (const tenant of ['acme', 'globex']) await tell(await createTenant(tenant));
    await store.stop();
    const settings = {
      ...store.settings,
      BACKUP_SCHEDULE: OFTEN,
      DRILL_SCHEDULE: OFTEN,
    };
    const scheduled = await Store.startOn(settings);
    try {
      await until(async () => (await hasDrilled('acme')) && (await hasDrilled('globex')));
      // Nobody has asked for them.
      const isOpen = (tenant: string) => existsSync(join(store.dataDir, 'tenants', tenant, 'edgesoul.owner'));
      await until(() => !isOpen('acme'));
      await until(() => !isOpen('globex'));
      const health = async () => (await scheduled.get('/health/backups')).status;
      await until(async () => (await health()) === 200);

      await rm(backupsOf('globex'), { recursive: true });
      await writeFile(backupsOf('globex'), 'no folder');
      await until(async () => (await health()) === 503);
      // A drill may fail first.
      const failure = () =>
        scheduled.log.find((line) => line.includes('scheduled backup of a tenant failed'));
      await until(() => failure() !== undefined);
      expect(JSON.parse(failure() ?? '')).toMatchObject({ level: 50, tenant: 'globex' });
    } finally {
      await scheduled.stop();
    }
  });

  it('lose what is too old by the schedule of retention', async () => {
    const clock = await clockAt(Date.now() - 10 * DAY_MS);
    store = await Store.start(clock.env);
    const keys = [await createTenant('acme'), await createTenant('globex')];
    for (const key of keys) await tell(key);
    await store.stop();
    await clock.set(Date.now());
    const scheduled = await Store.startOn({
      ...store.settings,
      RETENTION_TURNS: '2d',
      RETENTION_SCHEDULE: OFTEN,
    });
    try {
      const turns = async (key: IssuedKey) =>
        (await scheduled.user('ada').get<{ items: object[] }>('/turns', withKey(key))).body.items;
      for (const key of keys) {
        await until(async () => (await turns(key)).length === 0);
        const { items } = (await scheduled.get<FeedPage>('/v1/events', withKey(key))).body;
        expect(items.find(({ type }) => type === 'turn.recorded')).toMatchObject({
          data: null,
          erased: true,
        });
      }
    } finally {
      await scheduled.stop();
    }
  });

  it('ship their logs, also what a killed service has not shipped, before anybody asks for them', async () => {
    store = await Store.start({ BACKUP_CONTINUOUS: '1' });
    const acme = await createTenant('acme');
    await tell(acme);
    await until(async () => (await namesIn(backupsOf('acme'))).some((name) => name.endsWith('.db.zst')));
    const told = async () => {
      await tell(acme);
      return (await store.get<FeedPage>('/v1/events?limit=1', withKey(acme))).body.head;
    };
    const first = await told();
    await until(() => isShipped('acme', first));

    const last = await told();
    await store.stop('SIGKILL');
    expect(await isShipped('acme', last)).toBe(false);
    await store.restart();
    await until(() => isShipped('acme', last));
    expect((await store.user('ada').get('/profile', withKey(acme))).status).toBe(200);
  });

  it('are reached with their keys where nobody else is asked for one', async () => {
    store = await Store.start({ AUTH: 'off' });
    const acme = await createTenant('acme');
    const profile = async (headers = {}) => (await store.user('ada').get('/profile', headers)).status;
    expect((await tell(acme)).status).toBe(201);
    expect([await profile(withKey(acme)), await profile()]).toEqual([200, 404]);
    await store.user('bob').post('/turns', joyfulTurn());
    expect((await store.user('bob').get('/profile', withKey(acme))).status).toBe(404);
    expect((await store.user('bob').get('/profile', { authorization: 'Bearer nothing' })).status).toBe(200);
    // A key of a tenant is asked for its scopes all the same.
    expect((await store.get('/v1/ops/stats', withKey(acme))).status).toBe(403);
    await keysOf(store, 'revoke', 'acme');
    await sleep(LEARNT_MS);
    // Whoever has it does not get to the store of another tenant instead.
    expect(await profile(withKey(acme))).toBe(401);
  });

  it('are reached over TLS', async () => {
    store = await Store.start({ TLS_CERT: join(TLS, 'server.crt'), TLS_KEY: join(TLS, 'server.key') });
    const keys = [await createTenant('acme'), await createTenant('globex')];
    const sent = (method: string, path: string, key: IssuedKey, body?: object) =>
      new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        const headers = { ...withKey(key), ...(body && { 'content-type': 'application/json' }) };
        const options = { method, headers, rejectUnauthorized: false, agent: false as const };
        request(store.url + path, options, (response) => {
          text(response).then((answer) => resolve({ status: response.statusCode, body: answer }), reject);
        })
          .on('error', reject)
          .end(body && JSON.stringify(body));
      });
    for (const key of keys)
      expect((await sent('PATCH', '/v1/users/ada/profile', key, { name: key.name })).status).toBe(200);
    for (const key of keys) {
      const { status, body } = await sent('GET', '/v1/users/ada/profile', key);
      expect([status, (JSON.parse(body) as { name: string }).name]).toEqual([200, key.name]);
    }
  });
});
