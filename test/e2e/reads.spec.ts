import type {
  Conversation,
  FeedPage,
  Page,
  Profile,
  Session,
  StoredEvent,
  TurnAnswer,
} from '../support/answers.js';
import {
  daysLater,
  emotion,
  ids,
  joyfulTurn,
  memory,
  minutesLater,
  START,
  turn,
} from '../support/builders.js';
import { readLog, type Answer, type User } from '../support/client.js';
import { badFieldsOf, refusalOf, UTC_TIME } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

interface ListedUser {
  userId: string;
  name: string | null;
  createdAt: string;
  turns: number;
  sessions: number;
  lastTurnAt: string | null;
}

const regular = () => store.user('regular');
const listed = async (query: string) => (await store.get<Page<ListedUser>>(`/v1/users?${query}`)).body;
const stats = async (user: User) => (await user.get<Record<string, unknown>>('/stats')).body;

describe('GET profile', () => {
  it('returns the default values of a new user, with the version as ETag', async () => {
    const user = store.user('newcomer');
    await user.post('/turns', turn());
    const { status, body, headers } = await user.get<Profile>('/profile');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      userId: 'newcomer',
      name: null,
      gender: 'not_set',
      empathyLevel: 75,
      humorLevel: 50,
      formalityLevel: 40,
      verbosityLevel: 60,
      proactivenessLevel: 50,
      preferredTone: 'friendly',
      responseStyle: 'balanced',
      emojiUsage: true,
      voice: { enabled: true, speed: 1, pitch: 1, autoSpeak: false },
      interests: [],
      dislikes: [],
      communicationPatterns: {},
      timeZone: null,
      utcOffset: 0,
      totalConversations: 1,
      totalMessages: 1,
      avgSessionMinutes: 0,
      createdAt: expect.stringMatching(UTC_TIME),
      updatedAt: expect.stringMatching(UTC_TIME),
      version: 1,
    });
    expect(headers.get('etag')).toBe('"1"');
  });

  it('counts turns and sessions, and averages the minutes of a sitting', async () => {
    const user = store.user('counted');
    for (const minutes of [0, 4, 10]) {
      await user.post('/turns', turn({ sessionId: 'long', occurredAt: minutesLater(minutes) }));
    }
    await user.post('/turns', turn({ sessionId: 'short', occurredAt: minutesLater(60) }));
    await user.post('/turns', turn({ sessionId: 'short', occurredAt: minutesLater(65) }));
    await user.post('/turns', turn({ sessionId: 'single', occurredAt: minutesLater(90) }));
    expect((await user.get<Profile>('/profile')).body).toMatchObject({
      totalConversations: 3,
      totalMessages: 6,
      avgSessionMinutes: expect.closeTo(5, 9),
    });
  });

  it('answers 404 for an unknown user', async () => {
    expect(refusalOf(await store.user('nobody').get('/profile'))).toBe('404 user.not-found');
  });
});

describe('GET conversation or sessions/{sessionId}', () => {
  it('returns the last ten turns, fifteen topics and twenty emotions of a long session', async () => {
    const user = store.user('talker');
    const turnIds: string[] = [];
    for (let number = 1; number <= 25; number++) {
      const label = number === 25 ? 'relief' : `mood-${number}`;
      const fields = {
        userMessage: `Message ${number}.`,
        assistantMessage: `Reply ${number}.`,
        topics: [`topic-${number}`],
        emotion: { label, intensity: 0.5, triggers: [] },
        occurredAt: minutesLater(number),
      };
      turnIds.push((await user.post<TurnAnswer>('/turns', turn(fields))).body.turnId);
    }
    const { body } = await user.get<Conversation>('/conversation');
    expect(body).toMatchObject({
      userId: 'talker',
      sessionId: 'session-1',
      startedAt: minutesLater(1),
      lastActivityAt: minutesLater(25),
      ended: false,
      turnCount: 25,
    });
    expect(body.turns).toEqual(
      ids('Message', 25)
        .slice(15)
        .map((_, index) => ({
          turnId: turnIds[15 + index],
          userMessage: `Message ${16 + index}.`,
          assistantMessage: `Reply ${16 + index}.`,
          emotion: expect.anything(),
          occurredAt: minutesLater(16 + index),
        })),
    );
    expect(body.topics.toSorted()).toEqual(ids('topic', 25).slice(10));
    expect(body.emotionTrajectory).toHaveLength(20);
    expect(JSON.stringify(body.emotionTrajectory[0])).toContain('"mood-6"');
    expect(JSON.stringify(body.emotionTrajectory[19])).toContain('"relief"');
    expect(JSON.stringify(body.currentEmotion)).toContain('"relief"');
    expect((await user.get<Conversation>('/sessions/session-1')).body).toEqual(body);
  });

  it('places a late turn by its time, and does not move the last activity back', async () => {
    const user = store.user('late-talker');
    const say = (minutes: number, label: string) =>
      user.post(
        '/turns',
        turn({
          userMessage: `At ${minutes}.`,
          emotion: { label, intensity: 0.5 },
          occurredAt: minutesLater(minutes),
        }),
      );
    await say(0, 'joy');
    await say(30, 'anger');
    await say(10, 'fear');
    const { body } = await user.get<Conversation>('/conversation');
    expect(body.turns.map(({ userMessage }) => userMessage)).toEqual(['At 0.', 'At 10.', 'At 30.']);
    expect(body).toMatchObject({ startedAt: START, lastActivityAt: minutesLater(30), turnCount: 3 });
    expect(JSON.stringify(body.currentEmotion)).toContain('"anger"');
    expect(body.emotionTrajectory.map((felt) => /joy|anger|fear/.exec(JSON.stringify(felt))?.[0])).toEqual([
      'joy',
      'fear',
      'anger',
    ]);
  });

  it('leaves out a late turn that is older than the last ten', async () => {
    const user = store.user('very-late-talker');
    for (let minutes = 10; minutes < 20; minutes++) {
      await user.post('/turns', turn({ userMessage: `At ${minutes}.`, occurredAt: minutesLater(minutes) }));
    }
    await user.post('/turns', turn({ userMessage: 'At 1.', occurredAt: minutesLater(1) }));
    const { body } = await user.get<Conversation>('/conversation');
    expect(body.turnCount).toBe(11);
    expect(body.turns).toHaveLength(10);
    expect(body.turns[0]?.userMessage).toBe('At 10.');
  });

  it('returns the session with the latest activity, not the one written last', async () => {
    const user = store.user('switcher');
    const say = (sessionId: string, minutes: number) =>
      user.post('/turns', turn({ sessionId, occurredAt: minutesLater(minutes) }));
    const current = async () => (await user.get<Conversation>('/conversation')).body.sessionId;
    await say('first', 0);
    await say('second', 20);
    expect(await current()).toBe('second');
    await say('first', 10);
    expect(await current()).toBe('second');
    await say('first', 30);
    expect(await current()).toBe('first');
  });

  it('lists a topic once, however often it was sent', async () => {
    const user = store.user('repeater');
    for (const topics of [['tea', 'sea'], ['sea'], ['tea', 'sun']])
      await user.post('/turns', turn({ topics }));
    const { body } = await user.get<Conversation>('/conversation');
    expect(body.topics.toSorted()).toEqual(['sea', 'sun', 'tea']);
  });

  it('returns no emotion for a session without any', async () => {
    const user = store.user('unmoved');
    await user.post('/turns', turn());
    const { body } = await user.get<Conversation>('/conversation');
    expect(body).toMatchObject({ currentEmotion: null, emotionTrajectory: [], turns: [{ emotion: null }] });
  });

  it('answers 404 when there is no session', async () => {
    const user = store.user('silent');
    await user.patch('/profile', { name: 'Silent' });
    expect(refusalOf(await user.get('/conversation'))).toBe('404 conversation.not-found');
    expect(refusalOf(await user.get('/sessions/session-1'))).toBe('404 session.not-found');
    expect(refusalOf(await store.user('nobody').get('/conversation'))).toBe('404 conversation.not-found');
  });
});

describe('GET users', () => {
  it('lists users with a prefix by id, with their turns and sessions, page by page', async () => {
    for (const id of ['list-b', 'list-a', 'list_c', 'list-B'])
      await store.user(id).post('/memories', memory());
    await store.user('list-a').post('/turns', turn());
    await store.user('list-a').post('/turns', turn({ sessionId: 'session-2' }));
    await store.user('list-a').patch('/profile', { name: 'Ada' });
    const first = await listed('prefix=list-&limit=2');
    expect(first.items.map(({ userId }) => userId)).toEqual(['list-B', 'list-a']);
    expect(first.items[1]).toEqual({
      userId: 'list-a',
      name: 'Ada',
      createdAt: expect.stringMatching(UTC_TIME),
      turns: 2,
      sessions: 2,
      lastTurnAt: START,
    });
    const second = await listed(`prefix=list-&limit=2&cursor=${first.nextCursor}`);
    expect(second).toEqual({
      items: [
        expect.objectContaining({ userId: 'list-b', name: null, turns: 0, sessions: 0, lastTurnAt: null }),
      ],
      nextCursor: null,
    });
  });

  it('refuses a cursor of another prefix, and prefixes that no id has', async () => {
    const { nextCursor } = await listed('prefix=list&limit=1');
    expect(badFieldsOf(await store.get(`/v1/users?prefix=lis&cursor=${nextCursor}`))).toEqual(['cursor']);
    expect(badFieldsOf(await store.get('/v1/users?prefix=a%20b&limit=0'))).toEqual(['limit', 'prefix']);
    expect((await listed('prefix=nobody')).items).toEqual([]);
  });
});

describe('GET sessions', () => {
  const all = ids('session', 25);

  beforeAll(async () => {
    for (const [index, sessionId] of all.entries()) {
      await regular().post('/turns', turn({ sessionId, occurredAt: minutesLater(index) }));
    }
    await regular().post('/turns', turn({ sessionId: 'session-3', occurredAt: minutesLater(500) }));
    await regular().post('/sessions/session-2/end');
  });

  const newestFirst = all.toReversed();

  it('returns the sessions by start time, newest first, whatever their last activity', async () => {
    const { status, body } = await regular().get<Page<Session>>('/sessions?limit=100');
    expect(status).toBe(200);
    expect(body.items.map(({ sessionId }) => sessionId)).toEqual(newestFirst);
    expect(body.nextCursor).toBeNull();
    expect(body.items.find(({ sessionId }) => sessionId === 'session-3')).toEqual({
      sessionId: 'session-3',
      turnCount: 2,
      startedAt: minutesLater(2),
      lastActivityAt: minutesLater(500),
      ended: false,
    });
    expect(body.items.filter(({ ended }) => ended).map(({ sessionId }) => sessionId)).toEqual(['session-2']);
  });

  it.each([1, 7, 25])('returns every session once in pages of %i', async (limit) => {
    const read: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const next: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page: Answer<Page<Session>> = await regular().get(`/sessions?limit=${limit}${next}`);
      read.push(...page.body.items.map(({ sessionId }) => sessionId));
      cursor = page.body.nextCursor;
    }
    expect(read).toEqual(newestFirst);
  });

  it('returns no session twice when an older turn of one arrives between two pages', async () => {
    const user = store.user('paged');
    for (const index of [1, 2, 3, 4])
      await user.post('/turns', turn({ sessionId: `session-${index}`, occurredAt: daysLater(index) }));
    const first = (await user.get<Page<Session>>('/sessions?limit=2')).body;
    await user.post('/turns', turn({ sessionId: 'session-4', occurredAt: daysLater(0) }));
    await user.post('/turns', turn({ sessionId: 'session-1', occurredAt: daysLater(5) }));
    const second = (await user.get<Page<Session>>(`/sessions?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ sessionId }) => sessionId)).toEqual([
      'session-4',
      'session-3',
      'session-2',
      'session-1',
    ]);
  });

  it('shows a session as ended when a turn arrives late, and counts another conversation when it is used again', async () => {
    const user = store.user('returning');
    const said = async (minutes: number) => {
      const { body } = await user.post<TurnAnswer>('/turns', turn({ occurredAt: minutesLater(minutes) }));
      return body.events.map(({ type }) => type);
    };
    await said(0);
    await said(10);
    await user.post('/sessions/session-1/end');
    expect(await said(5)).toEqual(['turn.recorded']);
    expect((await user.get<Conversation>('/sessions/session-1')).body.ended).toBe(true);
    expect((await user.get<Profile>('/profile')).body).toMatchObject({
      totalConversations: 1,
      avgSessionMinutes: 10,
    });
    expect(await said(20)).toEqual(['session.started', 'turn.recorded']);
    expect(await said(24)).toEqual(['turn.recorded']);
    expect((await user.get<Conversation>('/sessions/session-1')).body.ended).toBe(false);
    expect((await user.get<Profile>('/profile')).body).toMatchObject({
      totalConversations: 2,
      avgSessionMinutes: 7,
    });
  });

  it('leaves out a session of which only an emotion is known, whose window shows it', async () => {
    const user = store.user('checked-in');
    await user.post(
      '/emotions',
      emotion({ emotion: 'fear', sessionId: 'evening', occurredAt: minutesLater(0) }),
    );
    expect((await user.get<Page<Session>>('/sessions')).body.items).toEqual([]);
    expect(refusalOf(await user.post('/sessions/evening/end'))).toBe('404 session.not-found');
    const { body } = await user.get<Conversation>('/sessions/evening');
    expect(body).toMatchObject({ currentEmotion: 'fear', turns: [], turnCount: 0, ended: false });
    await user.post('/turns', turn({ sessionId: 'evening', occurredAt: minutesLater(1) }));
    expect((await user.get<Conversation>('/conversation')).body).toMatchObject({
      sessionId: 'evening',
      currentEmotion: 'fear',
      startedAt: minutesLater(1),
    });
    expect((await user.get<Page<Session>>('/sessions')).body.items).toHaveLength(1);
  });

  it('refuses invalid query parameters, and returns an empty list for an unknown user', async () => {
    expect(badFieldsOf(await regular().get('/sessions?limit=0'))).toEqual(['limit']);
    expect(badFieldsOf(await regular().get('/sessions?limit=all'))).toEqual(['limit']);
    expect(badFieldsOf(await regular().get('/sessions?ended=true'))).toEqual(['ended']);
    expect(refusalOf(await regular().get('/sessions?cursor=nonsense'))).toMatch(/^400 request\./);
    expect((await store.user('nobody').get('/sessions')).body).toEqual({ items: [], nextCursor: null });
  });
});

describe('GET stats', () => {
  it("counts a user's memories, turns, sessions and emotions", async () => {
    const user = store.user('summed-up');
    await user.post('/turns', joyfulTurn({ occurredAt: minutesLater(1) }));
    await user.post('/turns', turn({ occurredAt: minutesLater(7) }));
    await user.post('/turns', turn({ sessionId: 'session-2', occurredAt: minutesLater(60) }));
    await user.post('/emotions', emotion({ emotion: 'anger', occurredAt: minutesLater(30) }));
    for (const type of ['fact', 'fact', 'pattern']) {
      await user.post('/memories', memory({ type, occurredAt: minutesLater(10) }));
    }
    await user.post(
      '/memories',
      memory({ memoryId: 'gone', type: 'emotional', occurredAt: minutesLater(10) }),
    );
    await user.delete('/memories/gone');
    expect(await stats(user)).toMatchObject({
      memories: {
        total: 3,
        byType: { preference: 0, pattern: 1, fact: 2, conversation: 0, emotional: 0 },
      },
      turns: 3,
      sessions: 2,
      emotions: 2,
      firstActivityAt: minutesLater(1),
      lastActivityAt: minutesLater(60),
      averageSessionMinutes: expect.closeTo(3, 9),
      streakDays: 1,
    });
  });

  it('counts as a streak the consecutive active days that end with the last one', async () => {
    const user = store.user('streak');
    const streak = async () => (await stats(user)).streakDays;
    const seen: unknown[] = [];
    for (const day of [0, 1, 4, 5, 6, 6, 3]) {
      await user.post('/turns', turn({ occurredAt: daysLater(day) }));
      seen.push(await streak());
    }
    expect(seen).toEqual([1, 2, 1, 2, 3, 3, 4]);
    await user.post('/turns', turn({ occurredAt: daysLater(2) }));
    expect(await streak()).toBe(7);
  });

  it("counts the days of a streak in the user's own UTC offset", async () => {
    const indian = store.user('streak-in-india');
    await indian.patch('/profile', { utcOffset: 330 });
    await indian.post('/turns', turn({ occurredAt: '2025-03-03T18:00:00Z' })); // 23:30 in India
    await indian.post('/turns', turn({ occurredAt: '2025-03-03T19:00:00Z' })); // 00:30 in India
    expect((await stats(indian)).streakDays).toBe(2);
  });

  it('counts the days of a streak in recorded local time: of the time zone, or as the client wrote it', async () => {
    const user = store.user('streak-in-berlin');
    await user.patch('/profile', { timeZone: 'Europe/Berlin' });
    await user.post('/turns', turn({ occurredAt: '2025-03-29T23:30:00Z' })); // 00:30 on 30 March
    await user.post('/turns', turn({ occurredAt: '2025-03-30T22:30:00Z' })); // 00:30 on 31 March, summer time
    await user.post('/turns', turn({ occurredAt: '2025-04-02T06:59:00Z' })); // 2 April
    expect((await stats(user)).streakDays).toBe(1);
    await user.post('/turns', turn({ occurredAt: '2025-04-02T06:59:00-07:00' })); // 2 April elsewhere
    await user.post('/turns', turn({ occurredAt: '2025-04-02T06:58:00Z' }));
    expect((await stats(user)).streakDays).toBe(1);
    await user.post('/turns', turn({ occurredAt: '2025-04-01T23:59:00-07:00' })); // still 1 April
    expect((await stats(user)).streakDays).toBe(4);
  });

  it('returns zeros for a user without turns, emotions and memories', async () => {
    const user = store.user('uncounted');
    await user.patch('/profile', { name: 'Uncounted' });
    expect(await stats(user)).toMatchObject({
      memories: { total: 0 },
      turns: 0,
      sessions: 0,
      emotions: 0,
      firstActivityAt: null,
      lastActivityAt: null,
      averageSessionMinutes: 0,
      streakDays: 0,
    });
  });

  it('answers 404 for an unknown user', async () => {
    expect(refusalOf(await store.user('nobody').get('/stats'))).toBe('404 user.not-found');
  });
});

describe('GET events of a user', () => {
  it('returns the events of that user only, in log order, page by page', async () => {
    const [user, neighbour] = [store.user('followed'), store.user('neighbour')];
    for (let number = 0; number < 6; number++) {
      await user.post('/turns', turn({ occurredAt: minutesLater(number) }));
      await neighbour.post('/turns', turn({ occurredAt: minutesLater(number) }));
    }
    const read: StoredEvent[] = [];
    let after = 0;
    for (;;) {
      const { body } = await user.get<FeedPage>(`/events?after=${after}&limit=3`);
      read.push(...body.items);
      after = body.nextAfter;
      if (body.items.length < 3) break;
      expect(after).toBe(body.items.at(-1)?.position);
    }
    expect(read).toHaveLength(8);
    expect(read.every(({ userId }) => userId === 'followed')).toBe(true);
    expect(read).toEqual((await readLog(store)).filter(({ userId }) => userId === 'followed'));
    expect(badFieldsOf(await user.get('/events?after=-1'))).toEqual(['after']);
    expect(badFieldsOf(await user.get('/events?limit=0'))).toEqual(['limit']);
    expect((await store.user('nobody').get('/events')).body).toMatchObject({ items: [] });
  });
});
