import { Store } from '../support/store.js';

const PAGE = 'http://localhost:5173';
const FOREIGN = 'http://evil.example';

describe("the original's persistence test, over HTTP", () => {
  it('finds profile, memories, emotions and context again after a restart', async () => {
    const store = await Store.start();
    const base = () => `${store.url}/api/v1/memory`;
    const user = 'test_persistence_user';
    const send = async (method: string, path: string, body?: object) => {
      const sent = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(base() + path, { method, ...(body && sent) });
      expect([path, response.status]).toEqual([path, 200]);
      return (await response.json()) as Record<string, unknown>;
    };
    try {
      await send('PUT', `/profile/${user}`, {
        empathy_level: 95,
        humor_level: 75,
        gender: 'female',
        name: 'Test User',
      });
      const memory = (memory_type: string, content: string, importance: number) =>
        send('POST', `/memory/${user}`, { memory_type, content, importance });
      await memory('preference', 'User prefers detailed explanations', 0.8);
      await memory('fact', 'User is interested in machine learning', 0.9);
      const emotion = (name: string, intensity: number) =>
        send('POST', `/emotion/${user}`, { emotion: name, intensity, session_id: 'test_session_123' });
      await emotion('joy', 0.85);
      await emotion('joy', 0.9);
      await emotion('sadness', 0.3);
      const say = (more: object) =>
        send('POST', `/conversation/${user}`, {
          session_id: 'test_session_123',
          user_message: 'Tell me about AI',
          assistant_message: 'AI is fascinating! Let me explain...',
          ...more,
        });
      // As the original calls it: the emotion was tracked before, and is not counted again.
      await say({ emotion: 'joy' });
      const paths = ['stats', 'profile', 'context'].map((each) => `/${each}/${user}`);
      const all = [...paths, `/memories/${user}?days=1`, `/emotions/${user}/patterns`];
      const answers = () => Promise.all(all.map((path) => send('GET', path)));
      const before = await answers();
      await store.restart();
      const after = await answers();
      expect(after).toEqual(before);
      const [stats, profile, context, memories, { patterns } = {}] = after;
      expect(profile).toMatchObject({
        name: 'Test User',
        empathy_level: 95,
        humor_level: 75,
        gender: 'female',
      });
      expect(memories).toMatchObject([
        { content: 'User is interested in machine learning', memory_type: 'fact', importance: 0.9 },
        { content: 'User prefers detailed explanations', memory_type: 'preference', importance: 0.8 },
      ]);
      expect(patterns).toMatchObject({
        joy: { frequency: 2, avg_intensity: 0.875 },
        sadness: { frequency: 1, avg_intensity: 0.3 },
      });
      expect(context).toMatchObject({ session_id: 'test_session_123', message_count: 1 });
      expect(stats).toMatchObject({ memory: { total_memories: 2 }, emotions: { total_occurrences: 3 } });

      await say({ emotion: 'joy', intensity: 90 });
      expect((await send('GET', `/emotions/${user}/patterns`))['patterns']).toMatchObject({
        joy: { frequency: 3 },
      });
      expect(await send('GET', `/context/${user}`)).toMatchObject({
        message_count: 2,
        current_emotion: 'joy',
      });
    } finally {
      await store.remove();
    }
  });
});

describe("the original's web page on an origin of its own", () => {
  let store: Store;

  beforeAll(async () => {
    store = await Store.start({ ALLOWED_ORIGINS: PAGE });
  });

  afterAll(() => store.remove());

  /** Sends what a browser sends for the page, and lets the page see what the browser would. */
  async function asPage(
    method: string,
    path: string,
    body?: object,
    origin = PAGE,
  ): Promise<Record<string, object>> {
    const url = `${store.url}/api/v1/memory${path}`;
    if (method !== 'GET') {
      const asked = {
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type',
      };
      const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin, ...asked } });
      const allowed = (name: string) =>
        (preflight.headers.get(`access-control-allow-${name}`) ?? '').toLowerCase();
      const isAllowed =
        allowed('methods').includes(method.toLowerCase()) && allowed('headers').includes('content-type');
      if (!isAllowed) throw new TypeError('Failed to fetch');
      if (preflight.headers.get('access-control-allow-origin') !== origin)
        throw new TypeError('Failed to fetch');
    }
    const sent = { headers: { origin, 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' } };
    const response = await fetch(url, { method, ...sent, ...(body && { body: JSON.stringify(body) }) });
    if (response.headers.get('access-control-allow-origin') !== origin)
      throw new TypeError('Failed to fetch');
    expect(response.headers.get('vary')).toContain('Origin');
    expect([path, response.ok]).toEqual([path, true]);
    return (await response.json()) as Record<string, object>;
  }

  it('shows and saves the profile', async () => {
    const profile = await asPage('GET', '/profile/user_001');
    expect(profile).toMatchObject({ empathy_level: 75, gender: 'not_set' });
    await asPage('PUT', '/profile/user_001', {
      name: 'Sam',
      gender: 'male',
      personality: { empathy_level: 90, humor_level: 30, formality_level: 20, verbosity_level: 70 },
      preferences: { language: 'en', notifications: true },
    });
    expect(await asPage('GET', '/profile/user_001')).toMatchObject({
      name: 'Sam',
      humor_level: 30,
      communication_patterns: { language: 'en', notifications: true },
    });
  });

  it('shows dashboard and analytics of what the chat has recorded', async () => {
    const chat = store.user('user_001');
    await chat.post('/turns', {
      sessionId: 'user_001',
      userMessage: 'I passed the exam!',
      assistantMessage: 'Wonderful!',
      emotion: { label: 'joy', intensity: 0.9, triggers: ['exam'] },
      topics: ['exam'],
    });
    const stats = await asPage('GET', '/stats/user_001');
    expect(stats).toMatchObject({
      profile: { name: 'Sam', total_conversations: 1, total_messages: 1 },
      emotions: { patterns_tracked: 1, most_common: 'joy', total_occurrences: 1 },
      conversation: {
        current_session: 'user_001',
        message_count: 1,
        topics: ['exam'],
        current_emotion: 'joy',
      },
      streak_days: 1,
      average_session_length: 0,
    });
    expect(await asPage('GET', '/emotions/user_001/summary?days=7')).toMatchObject({
      dominant_emotion: 'joy',
    });
    const { patterns } = await asPage('GET', '/emotions/user_001/patterns');
    expect(patterns).toMatchObject({
      joy: { frequency: 1, avg_intensity: 0.9, triggers: ['exam'], trend: 'stable' },
    });
  });

  it('saves a backup and restores it', async () => {
    await asPage('POST', '/memory/user_001', { memory_type: 'fact', content: 'Plays the cello' });
    const backup = {
      memories: await asPage('GET', '/memories/user_001?limit=100'),
      conversations: await asPage('GET', '/conversations/user_001'),
      emotions: await asPage('GET', '/emotions/user_001'),
    };
    await asPage('DELETE', '/memories/user_001');
    for (const each of Object.values(backup.memories)) await asPage('POST', '/memory/user_002', each);
    for (const each of Object.values(backup.conversations))
      await asPage('POST', '/conversation/user_002', each);
    for (const each of Object.values(backup.emotions)) await asPage('POST', '/emotion/user_002', each);
    expect(await asPage('GET', '/stats/user_002')).toMatchObject({
      memory: { total_memories: 1 },
      emotions: { total_occurrences: 1 },
      conversation: { message_count: 1 },
    });
  });

  it('is not let in from another origin, and from none unless one is allowed', async () => {
    await expect(asPage('GET', '/profile/user_001', undefined, FOREIGN)).rejects.toThrow('Failed to fetch');
    const changed = await fetch(`${store.url}/api/v1/memory/profile/user_001`, {
      method: 'PUT',
      headers: { origin: FOREIGN, 'content-type': 'application/json' },
      body: '{"name":"Eve"}',
    });
    expect(changed.status).toBe(403);
    const closed = await Store.start();
    const answer = await fetch(`${closed.url}/api/v1/memory/profile/x`, { headers: { origin: PAGE } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await closed.remove();
  });
});
