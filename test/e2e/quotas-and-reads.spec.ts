import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersonReadPageAnswer } from '../../src/modules/audit/audit.dto.js';
import type { QuotaUsageAnswer } from '../../src/modules/quota-usage.dto.js';
import { writePersonReads } from '../../src/store/audit/person-read-rows.js';
import type { Scope } from '../../src/store/keys/access-key.js';
import { createKey } from '../../src/store/keys/access-keys.js';
import { edgesoul } from '../support/edgesoul.js';
import { withKey } from '../support/keys.js';
import { onPostgresql, Store } from '../support/store.js';
import { filesWithWords } from '../support/words-in-folder.js';

const SECRET = 'xyzzyplugh';

interface Problem {
  code: string;
  quota: string;
  limit: number;
}

let store: Store;
const keys: Record<string, { authorization: string }> = {};

const addressOf = (of: Store) =>
  of.databaseUrl ? { url: of.databaseUrl } : { file: join(of.dataDir, 'edgesoul.db') };

async function makeKey(name: string, ...scopes: Scope[]): Promise<void> {
  keys[name] = withKey(await createKey(addressOf(store), { name, scopes }));
}

/** Runs a command of the operator's command line. */
async function ran(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await edgesoul(args, store.settings);
  if (code !== 0) throw new Error(`edgesoul ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

function form(n: number, userId = 'ada') {
  return store.post<Problem>(
    `/v1/users/${userId}/memories`,
    { type: 'fact', content: `${SECRET} ${n}` },
    keys['chat'],
  );
}

async function reads(query = '', userId = 'ada'): Promise<PersonReadPageAnswer> {
  const { status, body } = await store.get<PersonReadPageAnswer>(
    `/v1/users/${userId}/access${query}`,
    keys['officer'],
  );
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

/** Each read as a line: whose key, which route, how it ended. The list itself is a read, too. */
const lines = ({ items }: PersonReadPageAnswer) =>
  items
    .filter(({ route }) => route !== '/v1/users/:userId/access')
    .map(({ key, method, route, status, named }) => `${key} ${method} ${route} ${status} ${named}`);

beforeAll(async () => {
  store = await Store.start({
    AUDIT_READS: '1',
    AUDIT_KEEP: '30',
    QUOTA_USER_MEMORIES: '2',
    QUOTA_USER_EVENTS_A_DAY: '4',
    QUOTA_STORE_BYTES: '1000000',
  });
  await makeKey('chat', 'chat');
  await makeKey('anna', 'analyst');
  await makeKey('officer', 'operator', 'erase');
  await sleep(1_000);
});

afterAll(() => store.remove());

describe('quotas', () => {
  it('refuse with codes that say what to do, and are told in the statistics', async () => {
    expect([(await form(1)).status, (await form(2)).status]).toEqual([201, 201]);
    const full = await form(3);
    expect([full.status, full.body]).toMatchObject([
      409,
      { code: 'quota.memories', quota: 'user', limit: 2 },
    ]);
    expect(
      (await store.post('/v1/users/ada/emotions', { emotion: 'joy', intensity: 1 }, keys['chat'])).status,
    ).toBe(201);
    const busy = await store.post<Problem>(
      '/v1/users/ada/emotions',
      { emotion: 'joy', intensity: 1 },
      keys['chat'],
    );
    expect([busy.status, busy.body.code]).toEqual([429, 'quota.events']);
    const retryAfter = Number(busy.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(86_400);

    const stats = await store.get<{ usage: QuotaUsageAnswer }>('/v1/users/ada/stats', keys['chat']);
    expect(stats.body.usage).toEqual({
      eventsToday: { used: 4, limit: 4 },
      memories: { used: 2, limit: 2 },
      bytes: { used: expect.any(Number), limit: null },
    });
    expect((await form(1, 'bob')).status).toBe(201);
    const ops = await store.get<{ usage: QuotaUsageAnswer }>('/v1/ops/stats', keys['officer']);
    expect(ops.body.usage).toMatchObject({
      eventsToday: { used: 6, limit: null },
      memories: { used: 3, limit: null },
      bytes: { limit: 1_000_000 },
    });
    expect(ops.body.usage.bytes.used).toBeGreaterThan(stats.body.usage.bytes.used);
    const past = await store.get<{ usage: null }>('/v1/users/ada/stats?asOf=2', keys['chat']);
    expect(past.body.usage).toBeNull();
  });
});

describe('reads of a person', () => {
  it('by keys for people are listed, those of the companion are not, and never what was read', async () => {
    await store.get('/v1/users/ada/profile', keys['chat']);
    const read = await store.get('/v1/users/ada/events', keys['anna']);
    await store.get('/v1/users/ada/profile', keys['anna']);
    await store.get('/v1/reports/usage?users=ada,bob', keys['anna']);
    await store.get('/v1/reports/usage?users=bob', keys['anna']);
    await store.get('/v1/events?limit=1', keys['anna']);
    await sleep(1_500);

    const page = await reads();
    expect(lines(page)).toEqual([
      'anna GET /v1/events 200 false',
      'anna GET /v1/reports/usage 200 true',
      'anna GET /v1/users/:userId/profile 403 true',
      'anna GET /v1/users/:userId/events 200 true',
    ]);
    expect(page.recording).toBe(true);
    expect(page.items.at(-1)).toMatchObject({
      scopes: ['analyst'],
      requestId: read.headers.get('x-correlation-id'),
    });
    expect(JSON.stringify(page)).not.toContain(SECRET);
    expect((await store.get('/v1/users/ada/access', keys['anna'])).status).toBe(403);
  });

  it('are paged, and chosen by time', async () => {
    const { at } = (await reads()).items[0] ?? { at: '' };
    const whole = await reads(`?to=${at}&limit=200`);
    const paged: PersonReadPageAnswer['items'] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: PersonReadPageAnswer = await reads(`?to=${at}&limit=1${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole.items);
    expect(lines(await reads(`?from=${new Date(Date.now() + 60_000).toISOString()}`))).toEqual([]);
  });

  it('survive a kill a second later, a stop at once, and the erasure of the person', async () => {
    const before = lines(await reads());
    await sleep(1_500);
    await store.stop('SIGKILL');
    await store.restart();
    expect(lines(await reads())).toEqual(before);
    await store.get('/v1/users/ada/timeline', keys['anna']);
    await store.restart();
    const timeline = 'anna GET /v1/users/:userId/timeline 200 true';
    expect(lines(await reads())).toEqual([timeline, ...before]);
    expect((await store.delete('/v1/users/ada?confirm=ada', keys['officer'])).status).toBe(200);
    expect(lines(await reads())).toEqual([timeline, ...before]);
  });

  it('are removed after AUDIT_KEEP days, and not before', async () => {
    const day = 86_400_000;
    const read = { keyName: 'anna', scopes: ['analyst'], method: 'GET', status: 200, requestId: 'r' };
    const old = [29, 31].map((age) => ({
      ...read,
      route: `/${age}-days-ago`,
      userId: 'eve',
      at: Date.now() - age * day,
    }));
    await store.stop();
    await writePersonReads(addressOf(store), old);
    await store.restart();
    // The first look is at the start.
    const yesterday = `?to=${new Date(Date.now() - day).toISOString()}`;
    const until = performance.now() + 20_000;
    while (lines(await reads(yesterday, 'eve')).length > 1 && performance.now() < until) await sleep(100);
    expect(lines(await reads(yesterday, 'eve'))).toEqual(['anna GET /29-days-ago 200 true']);
  });

  it('are in no backup and no export, and stay with the store when it is reset or restored', async () => {
    const before = lines(await reads());
    expect(before.length).toBeGreaterThan(3);
    await store.stop();
    await ran('backup');
    const backups = join(store.folder, 'backups');
    await ran('export', join(backups, 'log.ndjson.zst'));
    await ran('export', join(backups, 'tables'), '--format', 'ndjson');
    expect((await filesWithWords(backups, ['"bob"'])).length).toBeGreaterThan(1);
    expect(await filesWithWords(backups, ['/v1/users/:userid', 'days-ago'])).toEqual([]);

    await ran('reset', '--yes');
    await store.restart();
    expect((await store.get('/v1/users/bob/profile', keys['chat'])).status).toBe(404);
    expect(lines(await reads())).toEqual(before);
    // On PostgreSQL a restore fills another, empty database.
    if (onPostgresql()) return;
    await store.stop();
    await ran('restore', '--from', (await readdir(backups)).find((name) => name.endsWith('.db.zst')) ?? '');
    await store.restart();
    expect((await store.get('/v1/users/bob/profile', keys['chat'])).status).toBe(200);
    expect(lines(await reads())).toEqual(before);
  });
});
