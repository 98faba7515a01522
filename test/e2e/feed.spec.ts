import type { FeedPage, StoredEvent } from '../support/answers.js';
import { emotion, ids, joyfulTurn, memory, minutesLater, START, turn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;
let log: StoredEvent[];

beforeAll(async () => {
  store = await Store.start();
  for (const [index, id] of ids('user', 3).entries()) {
    const user = store.user(id);
    await user.post('/turns', joyfulTurn({ occurredAt: minutesLater(index) }));
    await user.post('/memories', memory({ memoryId: 'boat', occurredAt: minutesLater(10 + index) }));
    await user.patch('/memories/boat', { importance: 1 });
    await user.post('/emotions', emotion({ occurredAt: minutesLater(20 + index) }));
    await user.post('/sessions/session-1/end');
  }
  log = await readLog(store);
});

afterAll(() => store.remove());

const feed = async (query: string): Promise<FeedPage> => {
  const { status, body } = await store.get<FeedPage>(`/v1/events?${query}`);
  expect(status).toBe(200);
  return body;
};

const formed = async (bounds: string) =>
  (await feed(`userId=exact&types=memory.formed&${bounds}`)).items.length;

async function everyPage(limit: number, filter = ''): Promise<StoredEvent[]> {
  const read: StoredEvent[] = [];
  let after = 0;
  for (;;) {
    const { items, nextAfter, head } = await feed(`after=${after}&limit=${limit}${filter}`);
    expect(items.length).toBeLessThanOrEqual(limit);
    expect(nextAfter).toBe(items.length === limit ? items.at(-1)?.position : head);
    read.push(...items);
    if (nextAfter === head) return read;
    after = nextAfter;
  }
}

describe('GET /v1/events', () => {
  it('returns every event once, without gaps in the positions or in the versions of a stream', () => {
    expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => index + 1));
    const versions = Map.groupBy(log, ({ userId, streamId }) => `${userId} ${streamId}`);
    expect(versions.size).toBe(12);
    for (const events of versions.values()) {
      expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    }
    expect(new Set(log.map(({ eventId }) => eventId)).size).toBe(log.length);
  });

  it.each([1, 2, 7, 24, 5000])('returns the same log in pages of %i', async (limit) => {
    expect(await everyPage(limit)).toEqual(log);
  });

  it('starts at the first event when the query has no position', async () => {
    expect((await feed('limit=3')).items).toEqual(log.slice(0, 3));
    expect(await feed('')).toMatchObject({ items: log, head: log.length });
  });

  it('returns nothing after the head until new events are stored', async () => {
    const { head } = await feed('limit=1');
    expect(await feed(`after=${head}`)).toEqual({ items: [], nextAfter: head, head });
    await store.user('newcomer').post('/turns', turn());
    const next = await feed(`after=${head}`);
    expect(next.items.map(({ userId }) => userId)).toEqual(['newcomer', 'newcomer', 'newcomer']);
    expect(next).toMatchObject({ nextAfter: head + 3, head: head + 3 });
    log = await readLog(store);
  });

  it('refuses a position after the head, also of one user and as lines, and says where the log ends', async () => {
    const { head } = await feed('limit=1');
    const { storeId } = (await store.get<{ storeId: string }>('/v1/ops/stats')).body;
    for (const path of ['/v1/events', '/v1/users/user-1/events']) {
      for (const accept of ['application/json', 'application/x-ndjson']) {
        const refused = await store.get(`${path}?after=${head + 1}`, { accept });
        expect(refusalOf(refused)).toBe('409 feed.position-ahead');
        expect(refused.body).toMatchObject({ head, storeId });
        const atHead = await store.get(`${path}?after=${head}`, { accept });
        expect([atHead.status, atHead.headers.get('edgesoul-store')]).toEqual([200, storeId]);
      }
    }
    expect(await feed(`after=${Number.MAX_SAFE_INTEGER}`)).toEqual({ items: [], nextAfter: head, head });
  });

  it('refuses an empty list of types, however it is written', async () => {
    for (const path of ['/v1/events?types=', '/v1/events?types=,', '/v1/users/user-1/events?types=,,'])
      expect(badFieldsOf(await store.get(path))).toEqual(['types']);
    expect(badFieldsOf(await store.get('/v1/events/stream?types='))).toEqual(['types']);
    expect(badFieldsOf(await store.get('/v1/users/user-1/memories/search?q=cat&types='))).toEqual(['types']);
  });

  it('filters by types, by user and by both, page by page', async () => {
    const types = ['memory.formed', 'turn.recorded'];
    const typed = log.filter(({ type }) => types.includes(type));
    expect(await everyPage(2, `&types=${types.join(',')}`)).toEqual(typed);
    expect(await everyPage(1, '&types=emotion.observed')).toEqual(
      log.filter(({ type }) => type === 'emotion.observed'),
    );
    expect(await everyPage(3, '&userId=user-2')).toEqual(log.filter(({ userId }) => userId === 'user-2'));
    expect(await everyPage(1, `&userId=user-2&types=${types.join(',')}`)).toEqual(
      typed.filter(({ userId }) => userId === 'user-2'),
    );
    expect(await everyPage(5, '&userId=nobody')).toEqual([]);
  });

  it('filters by the time of occurrence, from inclusive, to exclusive', async () => {
    const [from, to] = [minutesLater(10), minutesLater(12)];
    const within = (await feed(`from=${from}&to=${to}&types=memory.formed`)).items;
    expect(within.map(({ userId }) => userId)).toEqual(['user-1', 'user-2']);
    expect(await everyPage(2, `&from=${from}`)).toEqual(
      log.filter(({ occurredAt }) => Date.parse(occurredAt) >= Date.parse(from)),
    );
    expect(await everyPage(2, `&to=${to}`)).toEqual(
      log.filter(({ occurredAt }) => Date.parse(occurredAt) < Date.parse(to)),
    );
    const local = encodeURIComponent('2025-03-03T13:30:00+05:30');
    expect(Date.parse('2025-03-03T13:30:00+05:30')).toBe(Date.parse(START));
    expect((await feed(`to=${local}`)).items).toEqual([]);
  });

  it('compares times exactly, also with more decimals than are stored, and of any year', async () => {
    const occurredAt = '2025-04-01T00:00:00.123Z';
    await store.user('exact').post('/memories', memory({ occurredAt }));
    expect(await formed(`from=${occurredAt}`)).toBe(1);
    expect(await formed('from=2025-04-01T00:00:00.123000001Z')).toBe(0);
    expect(await formed('to=2025-04-01T00:00:00.123000001Z')).toBe(1);
    expect(await formed(`to=${occurredAt}`)).toBe(0);
    expect(await formed('from=0001-01-01t00:00:00z&to=9999-12-31T23:59:59.999999999Z')).toBe(1);
    expect(await formed('to=2025-03-31T23:59:60Z')).toBe(0);
    expect(await formed('from=2025-03-31T23:59:60.5-00:00')).toBe(1);
  });

  it('returns events in commit order while many are being written', async () => {
    const before = (await feed('limit=1')).head;
    const writing = ids('writer', 40).map((id) => store.user(id).post('/turns', joyfulTurn()));
    const read: StoredEvent[] = [];
    while (read.length < 160) read.push(...(await feed(`after=${before + read.length}&limit=9`)).items);
    await Promise.all(writing);
    expect(read.map(({ position }) => position)).toEqual(read.map((_, index) => before + 1 + index));
    expect(read).toEqual(await readLog(store, before));
  });

  it('refuses invalid query parameters and names them', async () => {
    const refused: [string, string][] = [
      ['after=-1', 'after'],
      ['after=first', 'after'],
      ['after=1.5', 'after'],
      ['limit=0', 'limit'],
      ['limit=5001', 'limit'],
      ['from=yesterday', 'from'],
      ['to=2025-03-03T08:00:00', 'to'],
      ['userId=two%20words', 'userId'],
      ['order=desc', 'order'],
    ];
    for (const [query, parameter] of refused)
      expect(badFieldsOf(await store.get(`/v1/events?${query}`))).toEqual([parameter]);
    expect(refusalOf(await store.get('/v1/events?after=-1&limit=0'))).toBe('400 request.invalid');
  });

  it('ends a page at 8 MiB, on every route, and the pages together hold every event once', async () => {
    const long = turn({ userMessage: '😀'.repeat(16_000), assistantMessage: '😀'.repeat(16_000) });
    const commands = Array.from({ length: 20 }, () => ({ command: 'RecordTurn', userId: 'long', ...long }));
    const { head: before } = await feed('limit=1');
    for (let i = 0; i < 5; i++) await store.post('/v1/commands', { commands });
    for (const path of ['/v1/events', '/v1/users/long/events']) {
      const positions: number[] = [];
      let [after, head, pages] = [before, Infinity, 0];
      for (; after < head; pages++) {
        const { status, text, body } = await store.get<FeedPage>(`${path}?after=${after}&limit=5000`);
        expect(status).toBe(200);
        expect(Buffer.byteLength(text)).toBeLessThan(8.1 * 1024 * 1024);
        positions.push(...body.items.map(({ position }) => position));
        ({ nextAfter: after, head } = body);
      }
      expect(pages).toBe(2);
      expect(positions).toEqual(positions.map((_, index) => before + 1 + index));
      expect(positions.at(-1)).toBe(head);
    }
  });
});
