import { Store } from '../support/store.js';

interface Learned {
  eventId: string;
  position: number;
  rule: string;
  field: string;
  from: unknown;
  to: unknown;
  value: string | null;
  turnId: string;
  undone: boolean;
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const says = (userMessage: string, more = {}) => ({
  sessionId: 's1',
  userMessage,
  assistantMessage: 'I see.',
  learn: true,
  ...more,
});

async function learned(userId: string, query = ''): Promise<Learned[]> {
  const { status, body } = await store.user(userId).get<{ items: Learned[] }>(`/profile/learned${query}`);
  expect(status).toBe(200);
  return body.items;
}

async function profile(userId: string, query = ''): Promise<Record<string, unknown>> {
  return (await store.user(userId).get<Record<string, unknown>>(`/profile${query}`)).body;
}

describe('a turn from which the service learns', () => {
  it('changes the profile, and says what it learned from which turn', async () => {
    const turn = await store
      .user('ada')
      .post<{ turnId: string; position: number; events: { type: string }[] }>(
        '/turns',
        says('I love jazz and the sea. I like detailed answers!'),
      );
    expect(turn.status).toBe(201);
    expect(turn.body.events.map(({ type }) => type)).toEqual([
      'user.registered',
      'session.started',
      'turn.recorded',
      'preference.learned',
      'preference.learned',
      'preference.learned',
    ]);
    expect(await profile('ada')).toMatchObject({ interests: ['jazz', 'sea'], verbosityLevel: 80 });
    const items = await learned('ada');
    expect(items).toMatchObject([
      { rule: 'answer-length', field: 'verbosityLevel', from: 60, to: 80, value: null, undone: false },
      { rule: 'likes', field: 'interests', from: ['jazz'], to: ['jazz', 'sea'], value: 'sea' },
      { rule: 'likes', field: 'interests', from: [], to: ['jazz'], value: 'jazz' },
    ]);
    const events = await store.user('ada').events();
    for (const { eventId, position, turnId } of items) {
      expect(turnId).toBe(turn.body.turnId);
      const event = events.find((each) => each.eventId === eventId);
      expect(event).toMatchObject({ position, type: 'preference.learned' });
      const cause = events.find((each) => each.eventId === event?.causationId);
      expect(cause).toMatchObject({ type: 'turn.recorded', data: { turnId } });
    }
  });

  it('has its keywords as topics and triggers, unless the client names some', async () => {
    const bea = store.user('bea');
    const emotion = { label: 'joy', intensity: 0.8 };
    await bea.post('/turns', says('My sister visits the harbour!', { emotion }));
    await bea.post(
      '/turns',
      says('My sister visits the harbour!', { topics: [], emotion: { ...emotion, triggers: ['boat'] } }),
    );
    const turns = (await bea.events()).filter(({ type }) => type === 'turn.recorded');
    expect(turns.map(({ data }) => data['topics'])).toEqual([['sister', 'visits', 'harbour'], []]);
    const felt = (await bea.events()).filter(({ type }) => type === 'emotion.observed');
    expect(felt.map(({ data }) => data['triggers'])).toEqual([['sister', 'visits', 'harbour'], ['boat']]);
  });

  it('teaches nothing unless it is asked to', async () => {
    await store.user('cat').post('/turns', says('I love jazz.', { learn: false }));
    await store.user('cat').post('/turns', says('I love jazz.', { learn: undefined }));
    expect(await learned('cat')).toEqual([]);
    expect((await profile('cat'))['interests']).toEqual([]);
  });
});

describe('a learned preference', () => {
  it('is undone once: the profile changes back, and what was changed since stays', async () => {
    const dan = store.user('dan');
    await dan.post('/turns', says('I love jazz. No emojis. Keep it short.'));
    await dan.patch('/profile', { verbosityLevel: 50, emojiUsage: true, interests: ['Jazz', 'tea'] });
    const [short, emojis, jazz] = (await learned('dan')) as [Learned, Learned, Learned];
    const { position } = (await dan.delete<{ position: number }>(`/profile/learned/${jazz.eventId}`)).body;
    expect(await profile('dan')).toMatchObject({ interests: ['tea'], verbosityLevel: 50, emojiUsage: true });
    await dan.delete(`/profile/learned/${short.eventId}`);
    await dan.delete(`/profile/learned/${emojis.eventId}`);
    expect(await profile('dan')).toMatchObject({ interests: ['tea'], verbosityLevel: 70, emojiUsage: true });
    expect((await learned('dan')).map(({ undone }) => undone)).toEqual([true, true, true]);

    const before = await dan.events();
    const again = await dan.delete(`/profile/learned/${jazz.eventId}`);
    expect([again.status, (await dan.events()).length]).toEqual([200, before.length]);

    expect((await learned('dan', `?asOf=${position}`)).map(({ undone }) => undone)).toEqual([
      false,
      false,
      true,
    ]);
    expect(await profile('dan', `?asOf=${position - 1}`)).toMatchObject({ interests: ['Jazz', 'tea'] });
  });

  it('is undone in a batch by its position, and only if the profile is as expected', async () => {
    const eve = store.user('eve');
    await eve.post('/turns', says('I love jazz.'));
    const [{ position, eventId }] = (await learned('eve')) as [Learned];
    const stale = await eve.delete(`/profile/learned/${eventId}`, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    const { body } = await store.post<{ results: { status: number }[] }>('/v1/commands', {
      commands: [
        { command: 'UnlearnPreference', userId: 'eve', learnedPosition: position },
        { command: 'UnlearnPreference', userId: 'ada', learnedPosition: position },
      ],
    });
    expect(body.results.map(({ status }) => status)).toEqual([200, 404]);
    expect((await profile('eve'))['interests']).toEqual([]);
  });

  it('of another user, or of no event, is not found', async () => {
    const [{ eventId }] = (await learned('ada')) as [Learned];
    for (const [user, id] of [
      ['dan', eventId],
      ['ada', 'no-event'],
      ['nobody', eventId],
    ] as const) {
      const { status, body } = await store.user(user).delete<{ code: string }>(`/profile/learned/${id}`);
      expect([status, body.code]).toEqual([404, 'preference.not-found']);
    }
  });

  it('is listed in pages', async () => {
    const fay = store.user('fay');
    await fay.post('/turns', says('I love tea, jazz, rain, maps and trains.'));
    const seen: string[] = [];
    let cursor = '';
    do {
      const query = `?limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await fay.get<{ items: Learned[]; nextCursor: string | null }>(
        `/profile/learned${query}`,
      );
      seen.push(...body.items.map(({ value }) => String(value)));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(['trains', 'maps', 'rain', 'jazz', 'tea']);
  });
});
