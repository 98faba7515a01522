import { Client } from '../support/client.js';
import { Store } from '../support/store.js';

interface Memory {
  id: string;
  memory_type: string;
  content: string;
  metadata: Record<string, unknown>;
}

let store: Store;
let memory: Client;

beforeAll(async () => {
  store = await Store.start();
  memory = new Client(() => `${store.url}/api/v1/memory`);
});

afterAll(() => store.remove());

const put = (path: string, body: object) => memory.send<object>('PUT', path, { text: JSON.stringify(body) });
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const head = async (): Promise<number> =>
  (await store.get<{ head: number }>('/v1/ops/projections')).body.head;

const contents = async (query: string) =>
  (await memory.get<Memory[]>(`/memories/lena${query}`)).body.map(({ content }) => content);

const refused = async (path: string, body: unknown) => {
  const { status, body: problem } = await memory.post<{ errors?: { path: string }[] }>(path, body);
  return [status, problem.errors?.[0]?.path];
};

const feel = (user: string, emotion: string, intensity: number, more: object = {}) =>
  memory.post(`/emotion/${user}`, { emotion, intensity, ...more });

const say = (user: string, session: string, user_message: string, hours: number) =>
  memory.post(`/conversation/${user}`, {
    session_id: session,
    user_message,
    assistant_message: 'Yes.',
    timestamp: hoursAgo(hours),
    topics: ['boats'],
  });

const DEFAULTS = {
  name: null,
  gender: 'not_set',
  empathy_level: 75,
  humor_level: 50,
  formality_level: 40,
  verbosity_level: 60,
  proactiveness_level: 50,
  preferred_tone: 'friendly',
  response_style: 'balanced',
  emoji_usage: true,
  voice_enabled: true,
  voice_speed: 1,
  voice_pitch: 1,
  auto_speak_responses: false,
  interests: [],
  dislikes: [],
  communication_patterns: {},
  total_conversations: 0,
  total_messages: 0,
  avg_session_length: 0,
};

describe("the original's routes about an unknown user", () => {
  it('answer the defaults, and write nothing', async () => {
    const before = await head();
    const at = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    const answers: [string, unknown][] = [
      ['/profile/nobody', { user_id: 'nobody', ...DEFAULTS, created_at: at, updated_at: at }],
      ['/memories/nobody', []],
      ['/emotions/nobody/summary', null],
      ['/emotions/nobody/patterns', { user_id: 'nobody', patterns: {} }],
      ['/context/nobody', { message: 'No active conversation context' }],
      ['/conversations/nobody', []],
      ['/emotions/nobody', []],
      [
        '/stats/nobody',
        {
          user_id: 'nobody',
          profile: {
            name: null,
            total_conversations: 0,
            total_messages: 0,
            preferences: { empathy: 75, humor: 50, formality: 40, verbosity: 60 },
          },
          memory: {
            total_memories: 0,
            by_type: { preference: 0, pattern: 0, fact: 0, conversation: 0, emotional: 0 },
            recent_count: 0,
          },
          emotions: { patterns_tracked: 0, most_common: null, total_occurrences: 0 },
          conversation: { current_session: null, message_count: 0, topics: [], current_emotion: null },
          average_session_length: 0,
          streak_days: 0,
        },
      ],
    ];
    for (const [path, expected] of answers) {
      const { status, body } = await memory.get(path);
      expect([path, status, body]).toEqual([path, 200, expected]);
    }
    expect((await memory.post('/memories/search', { user_id: 'nobody', query: 'boat' })).body).toEqual([]);
    expect((await memory.delete('/memories/nobody')).status).toBe(200);
    expect(await head()).toBe(before);
  });
});

describe("the original's profile", () => {
  it('is changed by flat fields, by nested levels and by preferences, which replace the patterns', async () => {
    const first = await put('/profile/mira', {
      name: 'Mira',
      humor_level: 80,
      voice_speed: 1.5,
      interests: ['tea'],
    });
    expect(first.body).toMatchObject({
      ...DEFAULTS,
      name: 'Mira',
      humor_level: 80,
      voice_speed: 1.5,
      interests: ['tea'],
    });
    await put('/profile/mira', { preferences: { theme: 'dark', nested: { a: 1, b: 2 } } });
    // The page sends a whole profile back, with fields of its own.
    const { body } = await put('/profile/mira', {
      ...first.body,
      personality: { empathy_level: 95, unknown: 1 },
      preferences: { nested: { b: 3 }, language: 'en' },
      gender: null,
      mascot: 'seal',
    });
    expect(body).toMatchObject({
      empathy_level: 95,
      gender: 'not_set',
      communication_patterns: { nested: { b: 3 }, language: 'en' },
    });
    expect((await memory.get('/profile/mira')).body).toEqual(body);
    expect((await store.user('mira').get('/profile')).body).toMatchObject({ empathyLevel: 95, name: 'Mira' });
  });

  it('refuses levels out of range, naming the field', async () => {
    const { status, body } = await put('/profile/mira', { personality: { humor_level: 120 } });
    expect([status, body]).toMatchObject([
      400,
      { code: 'request.invalid', errors: [{ path: 'humor_level' }] },
    ]);
    expect((await put('/profile/mira', [])).status).toBe(400);
    expect((await put('/profile/two words', { humor_level: 1 })).status).toBe(400);
  });
});

describe("the original's memories", () => {
  it('are listed by type, days and limit, newest first', async () => {
    for (const [hours, type] of [
      [1, 'fact'],
      [50, 'fact'],
      [2_000, 'fact'],
      [2, 'pattern'],
    ] as const)
      await memory.post('/memory/lena', {
        memory_type: type,
        content: `${type} ${hours}`,
        timestamp: hoursAgo(hours),
      });
    expect(await contents('')).toEqual(['fact 1', 'pattern 2', 'fact 50']);
    expect(await contents('?memory_type=fact&days=1')).toEqual(['fact 1']);
    expect(await contents('?days=365&limit=1&_=123')).toEqual(['fact 1']);
    expect(await contents('?days=365')).toHaveLength(4);
    for (const query of ['?days=0', '?days=366', '?limit=101', '?memory_type=dream'])
      expect([query, (await memory.get(`/memories/lena${query}`)).status]).toEqual([query, 400]);
  });

  it('are found by a question, in the shape of the original, and the search records nothing', async () => {
    await memory.post('/memory/ole', {
      content: 'Her boat is called Marlin.',
      metadata: { a: 1 },
      importance: 90,
    });
    const before = await head();
    const found = await memory.post<Memory[]>('/memories/search', {
      user_id: 'ole',
      query: 'What is the boat called?',
    });
    const at = expect.any(String) as string;
    expect([found.status, found.body]).toEqual([
      200,
      [
        {
          id: expect.any(String) as string,
          user_id: 'ole',
          memory_type: 'fact',
          content: 'Her boat is called Marlin.',
          context: null,
          confidence: 1,
          importance: 0.9,
          created_at: at,
          last_accessed: at,
          access_count: 0,
          metadata: { a: 1 },
        },
      ],
    ]);
    const search = (body: object) =>
      memory.post('/memories/search', { user_id: 'ole', query: 'boat', ...body });
    expect((await search({ memory_types: ['pattern'], limit: 3, min_confidence: 0.5 })).body).toEqual([]);
    expect((await search({ query: ' ' })).body).toEqual([]);
    expect((await search({ limit: 0 })).status).toBe(400);
    expect(await head()).toBe(before);
  });

  it('are forgotten by DELETE, by type or all of them (defect 6: it answered "cleared" and deleted nothing)', async () => {
    for (let i = 0; i < 230; i++)
      await memory.post('/memory/rik', { memory_type: i < 225 ? 'fact' : 'pattern', content: `thing ${i}` });
    const cleared = await memory.delete('/memories/rik?memory_type=fact');
    expect(cleared.body).toEqual({ message: 'Memories cleared for user rik', memory_type: 'fact' });
    expect((await memory.get('/stats/rik')).body).toMatchObject({ memory: { total_memories: 5 } });
    expect((await memory.delete('/memories/rik')).body).toMatchObject({ memory_type: null });
    expect((await memory.get('/memories/rik?days=365')).body).toEqual([]);
    expect((await memory.post('/memories/search', { user_id: 'rik', query: 'thing' })).body).toEqual([]);
  });
});

describe("the original's imports and exports (defect 7: they always answered 500)", () => {
  it('import a memory, a conversation and an emotion, and export what was imported', async () => {
    const created = { status: 'success', message: expect.any(String) as string };
    const post = async (path: string, body: object) => (await memory.post(path, body)).body;
    const at = hoursAgo(5);
    expect(await post('/memory/ida', { memory_type: 'fact', content: 'Likes tea', timestamp: at })).toEqual(
      created,
    );
    expect(await post('/conversation/ida', { content: 'About tea', importance: 0.9, timestamp: at })).toEqual(
      created,
    );
    const turn = { session_id: 's1', user_message: 'Tea?', assistant_message: 'Please.' };
    expect(await post('/conversation/ida', { metadata: turn, timestamp: at })).toEqual(created);
    expect(await post('/emotion/ida', { content: 'Felt calm at tea', timestamp: at })).toEqual(created);
    expect(await post('/emotion/ida', { emotion: 'joy', intensity: 85, timestamp: at })).toEqual(created);
    const conversations = (await memory.get<Memory[]>('/conversations/ida')).body;
    expect(conversations).toMatchObject([
      { memory_type: 'conversation', content: 'About tea', importance: 0.9, created_at: at },
      {
        memory_type: 'conversation',
        content: 'User: Tea?\nAssistant: Please.',
        metadata: turn,
        created_at: at,
      },
    ]);
    const emotions = (await memory.get<Memory[]>('/emotions/ida')).body;
    expect(emotions).toMatchObject([
      { memory_type: 'emotional', content: 'Felt calm at tea' },
      { memory_type: 'emotional', content: 'joy', metadata: { emotion: 'joy', intensity: 0.85 } },
    ]);

    // What was exported can be imported for another user, twice, and is there once.
    const memories = (await memory.get<Memory[]>('/memories/ida')).body.filter(
      (each) => each.memory_type === 'fact',
    );
    for (let round = 0; round < 2; round++) {
      for (const each of memories) await post('/memory/eva', each);
      for (const each of conversations) await post('/conversation/eva', each);
      for (const each of emotions) await post('/emotion/eva', each);
    }
    const stats = async (user: string) => {
      const {
        memory: of,
        emotions: felt,
        conversation,
      } = (await memory.get<Record<string, object>>(`/stats/${user}`)).body;
      return { of, felt, conversation };
    };
    expect(await stats('eva')).toEqual(await stats('ida'));
    // Memories that were cleared come back once, however often they are imported.
    await memory.delete('/memories/eva');
    for (let round = 0; round < 2; round++) for (const each of memories) await post('/memory/eva', each);
    expect((await memory.get('/memories/eva')).body).toMatchObject([{ content: 'Likes tea' }]);
  });

  it('refuse what is no import, naming the field', async () => {
    expect(await refused('/memory/ida', {})).toEqual([400, 'content']);
    expect(await refused('/memory/ida', { content: 'x', timestamp: 'yesterday' })).toEqual([
      400,
      'timestamp',
    ]);
    expect(await refused('/memory/ida', { content: 'x', memory_type: 'dream' })).toEqual([
      400,
      'memory_type',
    ]);
    expect(await refused('/memory/ida', { content: 'x'.repeat(8_001) })).toEqual([400, 'content']);
    expect(await refused('/emotion/ida', { emotion: 'joy', intensity: 101 })).toEqual([400, 'intensity']);
    expect(await refused('/emotion/ida', { emotion: 'joy', intensity: -1 })).toEqual([400, 'intensity']);
    expect((await refused('/memory/ida', 'x'))[0]).toBe(400);
  });
});

describe("the original's emotions", () => {
  it('have one scale, 0..1, whether 85 was sent or 0.85 (defect 9)', async () => {
    await feel('noa', 'joy', 85);
    await feel('noa', 'joy', 0.85);
    await feel('noa', 'fear', 1);
    await feel('noa', 'anger', 100);
    const { body } = await memory.get<{ patterns: Record<string, { avg_intensity: number }> }>(
      '/emotions/noa/patterns',
    );
    expect(
      Object.entries(body.patterns).map(([emotion, { avg_intensity: mean }]) => [emotion, mean]),
    ).toEqual([
      ['joy', 0.85],
      ['anger', 1],
      ['fear', 1],
    ]);
  });

  it('are summarized over the last days only (defect 5: all time was summarized)', async () => {
    for (let i = 0; i < 6; i++)
      await feel('pia', 'joy', 0.5, { triggers: ['sun'], timestamp: hoursAgo(2 + i) });
    for (let i = 0; i < 9; i++) await feel('pia', 'sadness', 0.5, { timestamp: hoursAgo(24 * 20 + i) });
    const summary = async (query = '') => (await memory.get(`/emotions/pia/summary${query}`)).body;
    expect(await summary()).toEqual({
      user_id: 'pia',
      time_period: '7 days',
      dominant_emotion: 'joy',
      emotion_distribution: { joy: 100 },
      mood_trend: 'improving',
      notable_patterns: ['Frequent joy (6 times)', 'Joy triggers: sun'],
      generated_at: expect.any(String) as string,
    });
    expect(await summary('?days=90')).toMatchObject({
      time_period: '90 days',
      dominant_emotion: 'sadness',
      emotion_distribution: { sadness: 60, joy: 40 },
      mood_trend: 'stable',
    });
    expect((await memory.get('/emotions/pia/summary?days=91')).status).toBe(400);
  });

  it('have the trend that is computed, and the hours (defect 4: it was "stable" for ever)', async () => {
    for (let day = 1; day <= 10; day++)
      for (let i = 0; i < day; i++)
        await feel('tom', 'anger', 0.4, { timestamp: hoursAgo(24 * (10 - day) + 1) });
    const { body } = await memory.get<{
      patterns: Record<string, { time_patterns: Record<string, number> }>;
    }>('/emotions/tom/patterns');
    expect(body.patterns).toMatchObject({ anger: { frequency: 55, trend: 'increasing' } });
    const counts = Object.entries(body.patterns['anger']?.time_patterns ?? {});
    expect(counts).toEqual([[expect.stringMatching(/^\d\d:00$/), 55]]);
  });
});

describe("the original's conversations", () => {
  it('count, change sessions and have a streak (defects 3 and 8: neither was recorded)', async () => {
    // Whole days apart, so that they are on days in a row at any time of the day.
    await say('una', 'monday', 'Hello', 49);
    await say('una', 'monday', 'Still there?', 48.8);
    await say('una', 'tuesday', 'Good morning', 25);
    await say('una', 'today', 'Here again', 1);
    expect((await memory.get('/context/una')).body).toEqual({
      user_id: 'una',
      session_id: 'today',
      message_count: 1,
      topics: ['boats'],
      current_emotion: null,
      emotion_trajectory: [],
      last_activity: expect.any(String) as string,
    });
    expect((await memory.get('/profile/una')).body).toMatchObject({
      total_conversations: 3,
      total_messages: 4,
    });
    const { body } = await memory.get<{ average_session_length: number; streak_days: number }>('/stats/una');
    expect(body).toMatchObject({
      profile: { total_conversations: 3, total_messages: 4 },
      conversation: { current_session: 'today', message_count: 1, topics: ['boats'] },
    });
    expect(body.average_session_length).toBeCloseTo(12 / 3, 1);
    expect(body.streak_days).toBe(3);
  });

  it('teach the profile (defects 1 and 2: interests were never saved, and "detailed answers" changed nothing)', async () => {
    const { status } = await say(
      'wim',
      'one',
      "I'm interested in sailing. I don't like spiders. I like detailed answers.",
      1,
    );
    expect(status).toBe(200);
    expect((await memory.get('/profile/wim')).body).toMatchObject({
      interests: ['sailing'],
      dislikes: ['spiders'],
      verbosity_level: 80,
    });
  });

  it('lose nothing when two turns come at once (defect 12: the three writes of a turn overwrote each other)', async () => {
    const turns = Array.from({ length: 20 }, (_, i) => say('vic', 'one', `Message ${i}`, 2 - i / 100));
    expect((await Promise.all(turns)).map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, () => 200),
    );
    expect((await memory.get('/profile/vic')).body).toMatchObject({ total_messages: 20 });
  });

  it('are dated in one clock: an hour ago is within the last day, whatever the zone that wrote it (defect 10)', async () => {
    const zoned = new Date(Date.now() - 3_600_000 + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
    await memory.post('/memory/yui', { content: 'Written in Tokyo', timestamp: zoned });
    await memory.post('/memory/yui', { content: 'Without a zone', timestamp: hoursAgo(1).replace('Z', '') });
    expect((await memory.get('/memories/yui?days=1')).body).toHaveLength(2);
  });
});
