import type { FeedPage, FoundMemory, List, Memory, Page } from '../support/answers.js';
import { daysLater, ids, memory, minutesLater, START } from '../support/builders.js';
import type { Answer, User } from '../support/client.js';
import { badFieldsOf, refusalOf, UTC_TIME } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const idsOf = (items: Memory[]): string[] => items.map(({ memoryId }) => memoryId);

async function pages(user: User, query: string): Promise<Memory[][]> {
  const read: Memory[][] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const next: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page: Answer<Page<Memory>> = await user.get(`/memories?${query}${next}`);
    expect(page.status).toBe(200);
    read.push(page.body.items);
    cursor = page.body.nextCursor;
  }
  return read;
}

const rememberer = () => store.user('rememberer');
const searcher = () => store.user('searcher');
const head = async () => (await store.get<FeedPage>('/v1/events?limit=1')).body.head;
const listedIds = async (query: string) => idsOf((await pages(rememberer(), query)).flat());

/** Less than a microsecond later. */
const just = (at: string) => at.replace(/Z$/, '0001Z');

describe('GET memories', () => {
  /** 30 memories a day apart and 15 of the same time, formed in an order that follows neither time nor id. */
  const days = ids('day', 30);
  const simultaneous = ids('moment', 15);
  const newestDaysFirst = days.toReversed();

  beforeAll(async () => {
    const bodies = [
      ...days.map((memoryId, day) =>
        memory({
          memoryId,
          type: day % 2 === 0 ? 'fact' : 'preference',
          confidence: day / 100,
          importance: 1 - day / 100,
          occurredAt: daysLater(day),
        }),
      ),
      ...simultaneous.map((memoryId) => memory({ memoryId, type: 'emotional', occurredAt: daysLater(100) })),
    ];
    const shuffled = bodies.map((_, index) => bodies[(index * 7) % bodies.length]);
    for (const body of shuffled) await rememberer().post('/memories', body);
  });

  it('returns the newest twenty by default, with a cursor for the next page', async () => {
    const { body } = await rememberer().get<Page<Memory>>('/memories');
    expect(body.items).toHaveLength(20);
    expect(idsOf(body.items.slice(0, 15)).toSorted()).toEqual(simultaneous.toSorted());
    expect(idsOf(body.items.slice(15))).toEqual(newestDaysFirst.slice(0, 5));
    expect(body.nextCursor).toMatch(/\S/);
  });

  it('returns every field of a memory', async () => {
    const { body } = await rememberer().get<Page<Memory>>('/memories?limit=1&type=fact');
    expect(body.items[0]).toMatchObject({
      memoryId: 'day-29',
      type: 'fact',
      content: 'Her sailing boat is called Marlin.',
      context: 'Told while planning the summer.',
      confidence: 0.28,
      importance: 0.72,
      metadata: { source: 'chat' },
      recallCount: 0,
      lastRecalledAt: null,
      occurredAt: daysLater(28),
      createdAt: expect.stringMatching(UTC_TIME),
      updatedAt: expect.stringMatching(UTC_TIME),
      version: 1,
    });
  });

  it.each([1, 4, 15, 44, 45, 200])('returns every memory once in pages of %i', async (limit) => {
    const read = await pages(rememberer(), `limit=${limit}`);
    const all = idsOf(read.flat());
    expect(all.slice(0, 15).toSorted()).toEqual(simultaneous.toSorted());
    expect(all.slice(15)).toEqual(newestDaysFirst);
    expect(read.slice(0, -1).every((page) => page.length === limit)).toBe(true);
  });

  it('continues at the same place when memories are formed and forgotten between two pages', async () => {
    const moving = store.user('moving');
    for (const [index, memoryId] of days.slice(0, 6).entries()) {
      await moving.post('/memories', memory({ memoryId, occurredAt: daysLater(index) }));
    }
    const first = await moving.get<Page<Memory>>('/memories?limit=3');
    await moving.post('/memories', memory({ memoryId: 'newer', occurredAt: daysLater(50) }));
    await moving.delete('/memories/day-4');
    const second = await moving.get<Page<Memory>>(`/memories?limit=3&cursor=${first.body.nextCursor}`);
    expect(idsOf(first.body.items)).toEqual(['day-6', 'day-5', 'day-4']);
    expect(idsOf(second.body.items)).toEqual(['day-3', 'day-2', 'day-1']);
  });

  it('filters by type, time, confidence and importance, alone and combined', async () => {
    expect(await listedIds('type=preference')).toEqual(newestDaysFirst.filter((_, index) => index % 2 === 0));
    expect(await listedIds(`from=${daysLater(27)}&to=${minutesLater(1, daysLater(29))}`)).toEqual(
      newestDaysFirst.slice(0, 3),
    );
    expect(await listedIds(`to=${minutesLater(1, daysLater(2))}`)).toEqual(['day-3', 'day-2', 'day-1']);
    expect(await listedIds(`minConfidence=0.28&to=${daysLater(50)}`)).toEqual(['day-30', 'day-29']);
    expect(await listedIds('minImportance=0.98')).toEqual(['day-3', 'day-2', 'day-1']);
    expect(await listedIds('minImportance=0.98&type=fact&limit=1')).toEqual(['day-3', 'day-1']);
    expect(await listedIds('type=conversation')).toEqual([]);
  });

  it('accepts times with a UTC offset in its filters', async () => {
    const from = encodeURIComponent('2025-04-01T13:30:00+05:30'); // 08:00 UTC, the time of day 30
    const { body } = await rememberer().get<Page<Memory>>(`/memories?type=preference&from=${from}`);
    expect(idsOf(body.items)).toEqual(['day-30']);
  });

  it('compares its times exactly, also with more decimals than are stored, and of any year', async () => {
    expect(await listedIds(`type=preference&from=${just(daysLater(27))}`)).toEqual(['day-30']);
    expect(await listedIds(`to=${just(daysLater(1))}`)).toEqual(['day-2', 'day-1']);
    expect(await listedIds(`from=0001-01-01T00:00:00Z&to=${daysLater(2)}`)).toEqual(['day-2', 'day-1']);
    expect(await listedIds('from=9999-12-31T23:59:60Z')).toEqual([]);
  });

  it('refuses invalid query parameters and names them', async () => {
    const refused: [string, string][] = [
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=many', 'limit'],
      ['limit=1.5', 'limit'],
      ['type=dream', 'type'],
      ['from=yesterday', 'from'],
      ['to=2025-03-03', 'to'],
      ['minConfidence=1.1', 'minConfidence'],
      ['minConfidence=high', 'minConfidence'],
      ['minImportance=-0.1', 'minImportance'],
      ['sort=oldest', 'sort'],
    ];
    for (const [query, parameter] of refused)
      expect(badFieldsOf(await rememberer().get(`/memories?${query}`))).toEqual([parameter]);
    expect(badFieldsOf(await rememberer().get('/memories?limit=0&type=dream'))).toEqual(['limit', 'type']);
  });

  it.each([
    'nonsense',
    'e30',
    'bnVsbA',
    '%00',
    'W10',
    Buffer.from('{"occurredAt":"x"}').toString('base64url'),
  ])('refuses the invalid cursor %s', async (cursor) => {
    expect(refusalOf(await rememberer().get(`/memories?cursor=${cursor}`))).toMatch(/^400 request\./);
  });

  it('refuses a cursor of another user, of other filters, or of another list', async () => {
    const owner = rememberer();
    const { nextCursor } = (await owner.get<Page<Memory>>('/memories?limit=2&type=fact')).body;
    expect(nextCursor).toEqual(expect.any(String));
    expect((await owner.get(`/memories?limit=3&type=fact&cursor=${nextCursor}`)).status).toBe(200);
    for (const answer of [
      await owner.get(`/memories?limit=2&cursor=${nextCursor}`),
      await owner.get(`/memories?limit=2&type=preference&cursor=${nextCursor}`),
      await owner.get(`/sessions?limit=2&cursor=${nextCursor}`),
      await searcher().get(`/memories?limit=2&type=fact&cursor=${nextCursor}`),
    ])
      expect(badFieldsOf(answer)).toEqual(['cursor']);
  });

  it('returns an empty list for a user without memories and for an unknown user', async () => {
    const quiet = store.user('quiet');
    await quiet.patch('/profile', { name: 'Quiet' });
    expect((await quiet.get('/memories')).body).toEqual({ items: [], nextCursor: null });
    expect((await store.user('nobody').get('/memories')).body).toEqual({ items: [], nextCursor: null });
  });
});

describe('GET memories/{memoryId}', () => {
  it('returns the current state of the memory, with its version as ETag', async () => {
    const user = store.user('one-memory');
    await user.post('/memories', memory({ memoryId: 'boat' }));
    await user.patch('/memories/boat', {
      content: 'Sold.',
      context: 'Autumn.',
      type: 'emotional',
      confidence: 1,
    });
    const { status, body, headers } = await user.get<Memory>('/memories/boat');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      memoryId: 'boat',
      type: 'emotional',
      content: 'Sold.',
      context: 'Autumn.',
      confidence: 1,
      importance: 0.6,
      occurredAt: START,
      recallCount: 0,
      version: 2,
    });
    expect(Date.parse(body.updatedAt)).toBeGreaterThanOrEqual(Date.parse(body.createdAt));
    expect(headers.get('etag')).toBe('"2"');
  });

  it('returns the same memory as the list and the search', async () => {
    const user = store.user('same-memory');
    await user.post('/memories', memory({ memoryId: 'boat' }));
    await user.post('/recalls', { memoryIds: ['boat'] });
    const { body } = await user.get<Memory>('/memories/boat');
    expect((await user.get<Page<Memory>>('/memories')).body.items).toEqual([body]);
    expect((await user.get<List<FoundMemory>>('/memories/search?q=boat')).body.items).toEqual([
      { ...body, score: expect.any(Number) },
    ]);
  });
});

const search = async (query: string): Promise<FoundMemory[]> => {
  const { status, body } = await searcher().get<List<FoundMemory>>(`/memories/search?${query}`);
  expect(status).toBe(200);
  return body.items;
};
const ask = (question: string, more = '') => search(`q=${encodeURIComponent(question)}${more}`);

describe('GET memories/search', () => {
  beforeAll(async () => {
    const contents: Record<string, Record<string, unknown>> = {
      dog: { content: 'Her dog is called Biscuit and barks at trains.' },
      allergy: { content: 'She is allergic to peanuts and carries medicine.', type: 'pattern' },
      sister: { content: 'Her sister Maya moved to Lisbon in spring.', context: 'The family left Porto.' },
      running: { content: 'She runs along the river every Sunday.', type: 'pattern' },
      work: { content: 'Her new job in the library begins in May.' },
      doubt: { content: 'Perhaps she owns a telescope.', confidence: 0.2 },
      certain: { content: 'She borrowed a telescope.', confidence: 0.3 },
      cafe: { content: 'Meets friends in the café at noon.', type: 'emotional' },
    };
    for (const [memoryId, fields] of Object.entries(contents)) {
      await searcher().post('/memories', memory({ memoryId, context: undefined, ...fields }));
    }
    await store.user('other-searcher').post('/memories', memory({ content: 'His dog is called Rex.' }));
  });

  it.each([
    ['What is the name of her dog?', 'dog'],
    ['Which food could make her ill, is she allergic to something?', 'allergy'],
    ['Where does her sister live now?', 'sister'],
    ['When did she last go running by rivers?', 'running'],
    ['How is the new job going?', 'work'],
    ['Who left Porto?', 'sister'],
    ['CAFE', 'cafe'],
  ])('answers "%s" with the memory "%s" first', async (question, memoryId) => {
    expect((await ask(question))[0]?.memoryId).toBe(memoryId);
  });

  it('returns the best matches first, with their scores, and only memories of the user', async () => {
    const items = await ask('her dog, her sister and her job');
    const scores = items.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
    expect(idsOf(items)).toEqual(expect.arrayContaining(['dog', 'sister', 'work']));
    expect(items.map(({ content }) => content)).not.toContain('His dog is called Rex.');
    expect(items[0]).not.toHaveProperty('explain');
  });

  it('returns the parts of each score when explain is true, without changing the ranking', async () => {
    const plain = await ask('her dog, her sister and her job');
    const explained = await ask('her dog, her sister and her job', '&explain=true');
    expect(idsOf(explained)).toEqual(idsOf(plain));
    for (const { explain = {} } of explained) {
      const parts = Object.values(explain).filter((part) => typeof part === 'number');
      expect(parts.length).toBeGreaterThanOrEqual(4); // text, importance, recency, recall
      expect(parts.every(Number.isFinite)).toBe(true);
    }
    expect(await ask('dog', '&explain=false')).toEqual(await ask('dog'));
  });

  it('leaves out memories below minConfidence, which is 0.3 by default', async () => {
    expect(idsOf(await ask('telescope'))).toEqual(['certain']);
    expect(idsOf(await ask('telescope', '&minConfidence=0')).toSorted()).toEqual(['certain', 'doubt']);
    expect(idsOf(await ask('telescope', '&minConfidence=0.31'))).toEqual([]);
  });

  it('searches only the requested types', async () => {
    const everything = 'dog allergic sister runs job telescope friends';
    const typed = async (types: string) =>
      idsOf(await ask(everything, `&limit=100&types=${types}`)).toSorted();
    expect(await typed('pattern')).toEqual(['allergy', 'running']);
    expect(await typed('pattern,emotional')).toEqual(['allergy', 'cafe', 'running']);
    expect(await typed('conversation')).toEqual([]);
  });

  it('returns five memories unless the query has another limit', async () => {
    expect(await ask('dog allergic sister runs job telescope friends')).toHaveLength(5);
    expect(await ask('dog allergic sister runs job telescope friends', '&limit=7')).toHaveLength(7);
    expect(await ask('dog allergic sister runs job telescope friends', '&limit=1')).toHaveLength(1);
  });

  it('ranks equal texts by importance, and then by recalls', async () => {
    const ranked = store.user('ranker');
    const content = 'The lighthouse on the northern cape.';
    for (const [memoryId, importance] of Object.entries({ minor: 0.1, major: 1, middle: 0.5 })) {
      await ranked.post('/memories', memory({ memoryId, content, importance }));
    }
    const order = async () =>
      idsOf((await ranked.get<List<FoundMemory>>('/memories/search?q=lighthouse')).body.items);
    expect(await order()).toEqual(['major', 'middle', 'minor']);
    await ranked.post('/memories', memory({ memoryId: 'used', content, importance: 0.5 }));
    for (let times = 0; times < 3; times++) await ranked.post('/recalls', { memoryIds: ['used'] });
    expect((await order()).filter((id) => id === 'used' || id === 'middle')).toEqual(['used', 'middle']);
  });

  it.each(['"', 'dog" OR "', 'NEAR(dog', 'dog*', 'content:dog', '(((', '-dog', "d'og --", '^dog', '???'])(
    'treats %j as text, not as query syntax',
    async (question) => {
      const items = await ask(question);
      expect(idsOf(items).filter((id) => id !== 'dog')).toEqual([]);
    },
  );

  it('finds a revised memory by its new words only, and a forgotten one not at all', async () => {
    const changing = store.user('changing');
    const foundBy = async (word: string) =>
      idsOf((await changing.get<List<FoundMemory>>(`/memories/search?q=${word}`)).body.items);
    await changing.post('/memories', memory({ memoryId: 'pet', content: 'She has a parrot.' }));
    expect(await foundBy('parrot')).toEqual(['pet']);
    await changing.patch('/memories/pet', { content: 'She has a tortoise.' });
    expect(await foundBy('parrot')).toEqual([]);
    expect(await foundBy('tortoise')).toEqual(['pet']);
    await changing.delete('/memories/pet');
    expect(await foundBy('tortoise')).toEqual([]);
    expect((await changing.get<Page<Memory>>('/memories')).body.items).toEqual([]);
  });

  it('finds a memory by its context even after the longest content allowed', async () => {
    const wordy = { memoryId: 'wordy', content: 'b '.repeat(4_000).trim(), context: 'Barquentine' };
    await searcher().post('/memories', memory(wordy));
    expect(idsOf(await ask('barquentine'))).toEqual(['wordy']);
    await searcher().delete('/memories/wordy');
  });

  it('appends no event and counts no recall', async () => {
    const before = await head();
    const first = await ask('dog');
    const second = await ask('dog');
    expect(second).toEqual(first);
    expect(second[0]).toMatchObject({ recallCount: 0, lastRecalledAt: null });
    expect(await head()).toBe(before);
  });

  it('refuses invalid query parameters and names them', async () => {
    const refused: [string, string][] = [
      ['limit=5', 'q'],
      ['q=', 'q'],
      ['q=dog&limit=0', 'limit'],
      ['q=dog&limit=101', 'limit'],
      ['q=dog&minConfidence=2', 'minConfidence'],
      ['q=dog&explain=perhaps', 'explain'],
      ['q=dog&page=2', 'page'],
    ];
    for (const [query, parameter] of refused)
      expect(badFieldsOf(await searcher().get(`/memories/search?${query}`))).toEqual([parameter]);
    expect(refusalOf(await searcher().get('/memories/search?q=dog&types=dream'))).toBe('400 request.invalid');
    expect((await store.user('nobody').get('/memories/search?q=dog')).body).toEqual({
      items: [],
      complete: true,
    });
  });
});

describe('a memory of a session', () => {
  it('says so, with its turn, and is found by it', async () => {
    const user = store.user('memory-session');
    const said = { sessionId: 'session-1', turnId: 'turn-1' };
    await user.post('/memories', memory({ memoryId: 'boat', ...said }));
    await user.post('/memories', memory({ memoryId: 'sail', sessionId: 'session-2' }));
    await user.post('/memories', memory({ memoryId: 'oar' }));
    expect((await user.get('/memories/boat')).body).toMatchObject(said);
    expect((await user.get('/memories/oar')).body).toMatchObject({ sessionId: null, turnId: null });
    const events = await user.events();
    expect(events.at(-3)?.data).toMatchObject(said);
    expect(events.at(-1)?.data).not.toHaveProperty('sessionId');

    const idsAt = async (path: string) =>
      (await user.get<{ items: { memoryId: string }[] }>(path)).body.items.map(({ memoryId }) => memoryId);
    expect(await idsAt('/memories?sessionId=session-1')).toEqual(['boat']);
    expect(await idsAt('/memories?sessionId=session-3')).toEqual([]);
    expect(await idsAt('/memories/search?q=boat&sessionId=session-2')).toEqual(['sail']);
    expect(await idsAt('/memories/search?q=boat&sessionId=session-3')).toEqual([]);
    const refused = await user.post('/memories', memory({ sessionId: '' }));
    expect(refused.status).toBe(400);
  });
});
