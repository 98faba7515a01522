import type {
  CommandAnswer,
  Conversation,
  Problem,
  Profile,
  ProfileAnswer,
  StoredEvent,
  TurnAnswer,
} from '../support/answers.js';
import { emotion, ids, joyfulTurn, memory, minutesLater, START, turn } from '../support/builders.js';
import { refusalOf, UTC_TIME } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const typesOf = (events: { type: string }[]): string[] => events.map(({ type }) => type).toSorted();

const ofType = (events: StoredEvent[], type: string): StoredEvent | undefined =>
  events.find((event) => event.type === type);

/** The body of a turn whose messages have this many characters, each sent as two escaped surrogates. */
const escaped = (length: number) => {
  const body = JSON.stringify(turn({ userMessage: '+', assistantMessage: '+' }));
  return body.replaceAll('"+"', `"${String.raw`\ud83d\ude00`.repeat(length)}"`);
};

const inBatch = (body: object) => ({ command: 'RecordTurn', userId: 'turn-one-sided', ...body });

describe('POST turns', () => {
  it('registers the user, starts the session and stores the turn with its emotion, in one command', async () => {
    const user = store.user('turn-first');
    const answer = await user.post<TurnAnswer>('/turns', joyfulTurn());
    const events = await user.events();

    expect(answer.status).toBe(201);
    expect(typesOf(events)).toEqual([
      'emotion.observed',
      'session.started',
      'turn.recorded',
      'user.registered',
    ]);
    expect(answer.body).toMatchObject({
      turnId: expect.stringMatching(/\S/),
      sessionId: 'session-1',
      position: events.at(-1)?.position,
    });
    expect(answer.body.events).toEqual(
      events.map(({ position, type, streamId, version }) => ({ position, type, streamId, version })),
    );
    expect(new Set(events.map(({ commandId }) => commandId)).size).toBe(1);
    expect(ofType(events, 'user.registered')).toMatchObject({
      streamId: 'profile:turn-first',
      version: 1,
      data: {},
    });
    expect(ofType(events, 'session.started')).toMatchObject({
      streamId: 'conversation:turn-first/session-1',
      version: 1,
      data: { sessionId: 'session-1' },
    });
    expect(ofType(events, 'turn.recorded')).toMatchObject({
      streamId: 'conversation:turn-first/session-1',
      version: 2,
      occurredAt: START,
      data: {
        turnId: answer.body.turnId,
        sessionId: 'session-1',
        userMessage: 'The harbour was quiet this morning.',
        assistantMessage: 'That sounds peaceful.',
        topics: ['harbour'],
        emotion: { label: 'joy', intensity: 0.85 },
      },
    });
    expect(ofType(events, 'emotion.observed')).toMatchObject({
      streamId: 'emotion:turn-first',
      version: 1,
      occurredAt: START,
      data: {
        emotion: 'joy',
        intensity: 0.85,
        confidence: 0.9,
        triggers: ['harbour', 'morning'],
        sessionId: 'session-1',
        turnId: answer.body.turnId,
      },
    });
  });

  it('stores every event with a complete envelope', async () => {
    const user = store.user('turn-envelope');
    await user.post('/turns', joyfulTurn());
    for (const event of await user.events()) {
      expect(event).toEqual({
        position: expect.any(Number),
        eventId: expect.stringMatching(
          /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        ),
        streamId: expect.stringContaining('turn-envelope'),
        version: expect.any(Number),
        type: expect.stringMatching(/^[a-z]+\.[a-z]+$/),
        schemaVersion: 1,
        userId: 'turn-envelope',
        occurredAt: expect.stringMatching(UTC_TIME),
        recordedAt: expect.stringMatching(UTC_TIME),
        commandId: expect.stringMatching(/\S/),
        correlationId: expect.stringMatching(/\S/),
        causationId: event.causationId,
        actor: event.actor,
        data: expect.any(Object),
      });
      expect(event).toHaveProperty('causationId');
      expect(event).toHaveProperty('actor');
    }
  });

  it('stores only the turn when it has no emotion and its session has already started', async () => {
    const user = store.user('turn-second');
    await user.post('/turns', turn());
    const answer = await user.post<TurnAnswer>('/turns', turn({ occurredAt: minutesLater(1) }));
    expect(typesOf(answer.body.events)).toEqual(['turn.recorded']);
    expect((await user.lastEvents())[0]).toMatchObject({ version: 3, data: { emotion: null } });
  });

  it('converts a time with an offset to UTC, and trims and lowercases emotion labels and triggers', async () => {
    const user = store.user('turn-normal');
    const felt = { label: '  Quiet JOY ', intensity: 1, triggers: [' The Harbour '] };
    await user.post('/turns', turn({ emotion: felt, occurredAt: '2025-03-03T10:00:00+05:30' }));
    const observed = ofType(await user.lastEvents(), 'emotion.observed');
    expect(observed).toMatchObject({
      occurredAt: '2025-03-03T04:30:00.000Z',
      data: { emotion: 'quiet joy', intensity: 1, confidence: null, triggers: ['the harbour'] },
    });
  });

  it('accepts the longest messages and an id with every kind of allowed character', async () => {
    const id = `aZ09._-:@${'x'.repeat(119)}`;
    const user = store.user(id);
    const longest = turn({
      sessionId: id,
      userMessage: '漢'.repeat(64_000),
      assistantMessage: '字'.repeat(64_000),
    });
    expect((await user.post('/turns', longest)).status).toBe(201);
    const { body } = await user.get<Conversation>(`/sessions/${encodeURIComponent(id)}`);
    expect(body.turns.map(({ userMessage }) => userMessage)).toContain('漢'.repeat(64_000));
  });

  it('accepts the longest messages with every character escaped, and refuses longer ones', async () => {
    const user = store.user('turn-escaped');
    const send = async (path: string, text: string) => store.send<object>('POST', path, { text });
    expect((await send('/v1/users/turn-escaped/turns', escaped(64_000))).status).toBe(201);
    expect((await send('/v1/users/turn-escaped/turns', escaped(64_001))).status).toBe(400);
    const command = escaped(64_000).replace('{', '{"command":"RecordTurn","userId":"turn-escaped",');
    const batch = await send('/v1/commands', `{"commands":[${command}]}`);
    expect(batch.body).toMatchObject({ results: [{ status: 201 }] });
    const { body } = await user.get<Conversation>('/conversation');
    expect(body.turns.map(({ userMessage }) => userMessage)).toEqual(Array(2).fill('😀'.repeat(64_000)));
  });

  it('accepts an empty message of one side, also in a batch, but not of both', async () => {
    const user = store.user('turn-one-sided');
    const greeting = turn({ userMessage: '', assistantMessage: 'Good morning!' });
    const unanswered = turn({ userMessage: ' ', assistantMessage: '' });
    const nothing = turn({ userMessage: '', assistantMessage: '' });
    expect((await user.post('/turns', greeting)).status).toBe(201);
    expect((await user.post('/turns', unanswered)).status).toBe(201);
    const refused = await user.post<Problem>('/turns', nothing);
    expect(refusalOf(refused)).toBe('400 request.invalid');
    expect(refused.body.errors?.map(({ path }) => path)).toEqual(['userMessage']);
    const commands = [greeting, unanswered, nothing].map(inBatch);
    const { body } = await store.post<{ results: { status: number }[] }>('/v1/commands', { commands });
    expect(body.results.map(({ status }) => status)).toEqual([201, 201, 400]);
    const shown = (await user.get<Conversation>('/conversation')).body.turns;
    expect(shown.map(({ userMessage, assistantMessage }) => [userMessage, assistantMessage])).toEqual(
      [greeting, unanswered, greeting, unanswered].map((each) => [each.userMessage, each.assistantMessage]),
    );
  });

  it('stores text exactly as it was sent, in any script', async () => {
    const user = store.user('turn-unicode');
    const userMessage = 'नमस्ते 👩‍👩‍👧 "quoted"\n\ttab \\ back\u2028slash \u0301 <b>';
    await user.post('/turns', turn({ userMessage }));
    expect(ofType(await user.events(), 'turn.recorded')?.data).toMatchObject({ userMessage });
  });
});

describe('PATCH profile', () => {
  const everything = {
    name: 'Ana',
    gender: 'female',
    empathyLevel: 0,
    humorLevel: 100,
    formalityLevel: 1,
    verbosityLevel: 2,
    proactivenessLevel: 3,
    preferredTone: 'casual',
    responseStyle: 'concise',
    emojiUsage: false,
    voice: { enabled: false, speed: 0.5, pitch: 2, autoSpeak: true },
    interests: ['sailing', 'tea'],
    dislikes: ['noise'],
    communicationPatterns: { greeting: 'short', weekdays: [1, 2] },
    utcOffset: 330,
  };

  it('changes every field at once and returns the whole profile', async () => {
    const user = store.user('profile-all');
    const { status, body } = await user.patch<ProfileAnswer>('/profile', everything);
    expect(status).toBe(200);
    expect(body.profile).toMatchObject(everything);
    expect(body).toMatchObject({ version: 2, position: (await user.events()).at(-1)?.position });
    expect((await user.get<Profile>('/profile')).body).toMatchObject(everything);
  });

  it('stores only the fields that changed, each with its old and new value', async () => {
    const user = store.user('profile-changes');
    await user.patch('/profile', { humorLevel: 60, empathyLevel: 80 });
    const change = { humorLevel: 90, empathyLevel: 80, voice: { speed: 1.5 }, interests: ['sailing'] };
    const { body } = await user.patch<ProfileAnswer>('/profile', change);
    const events = await user.lastEvents();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'profile.changed',
      streamId: 'profile:profile-changes',
      version: 3,
      position: body.position,
    });
    expect(events[0]?.data).toEqual({
      changes: {
        humorLevel: { from: 60, to: 90 },
        'voice.speed': { from: 1, to: 1.5 },
        interests: { from: [], to: ['sailing'] },
      },
    });
    expect(body.profile).toMatchObject({ voice: { enabled: true, speed: 1.5, pitch: 1, autoSpeak: false } });
  });

  it('stores no event for a change without effect, and answers with the previous position', async () => {
    const user = store.user('profile-same');
    const first = await user.patch<ProfileAnswer>('/profile', everything);
    const again = await user.patch<ProfileAnswer>('/profile', everything);
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(typesOf(await user.events())).toEqual(['profile.changed', 'user.registered']);
  });
});

describe('POST emotions', () => {
  it('stores an emotion that belongs to no turn', async () => {
    const user = store.user('emotion-plain');
    const felt = emotion({ emotion: ' Anger', intensity: 0, triggers: ['Traffic '], sessionId: 'session-9' });
    const { status, body } = await user.post<CommandAnswer>('/emotions', felt);
    const observed = ofType(await user.lastEvents(), 'emotion.observed');
    expect(status).toBe(201);
    expect(body).toMatchObject({ version: 1, position: observed?.position });
    expect(observed).toMatchObject({ streamId: 'emotion:emotion-plain', version: 1, occurredAt: START });
    expect(observed?.data).toEqual({
      emotion: 'anger',
      intensity: 0,
      confidence: 0.9,
      triggers: ['traffic'],
      sessionId: 'session-9',
      turnId: null,
    });
    const next = await user.post<CommandAnswer>('/emotions', { emotion: 'joy', intensity: 1 });
    expect(next.body.version).toBe(2);
    expect((await user.lastEvents())[0]?.data).toMatchObject({
      confidence: null,
      sessionId: null,
      turnId: null,
    });
  });
});

describe('POST sessions/{sessionId}/end', () => {
  it('ends a session once; a second call answers with the same position and stores nothing', async () => {
    const user = store.user('session-end');
    await user.post('/turns', turn());
    const ended = await user.post<CommandAnswer>('/sessions/session-1/end');
    expect(ended).toMatchObject({ status: 200, body: { sessionId: 'session-1' } });
    const last = (await user.events()).at(-1);
    expect(last).toMatchObject({
      type: 'session.ended',
      streamId: 'conversation:session-end/session-1',
      position: ended.body.position,
      version: 3,
      data: { sessionId: 'session-1' },
    });
    expect((await user.get<Conversation>('/sessions/session-1')).body.ended).toBe(true);

    const again = await user.post<CommandAnswer>('/sessions/session-1/end');
    expect(again).toMatchObject({ status: 200, body: ended.body });
    expect(await user.events()).toHaveLength(4);
  });

  it('ends a session again after a new turn has reopened it', async () => {
    const user = store.user('session-reopened');
    await user.post('/turns', turn());
    await user.post('/sessions/session-1/end');
    await user.post('/turns', turn({ occurredAt: minutesLater(5) }));
    expect((await user.get<Conversation>('/sessions/session-1')).body).toMatchObject({
      ended: false,
      turnCount: 2,
    });
    const ended = await user.post<CommandAnswer>('/sessions/session-1/end');
    expect((await user.events()).at(-1)).toMatchObject({
      type: 'session.ended',
      position: ended.body.position,
    });
  });

  it('answers 404 for an unknown session', async () => {
    const user = store.user('session-unknown');
    await user.post('/turns', turn());
    expect(refusalOf(await user.post('/sessions/session-2/end'))).toBe('404 session.not-found');
  });
});

describe('registration', () => {
  it.each([
    ['a turn', '/turns', turn()],
    ['a memory', '/memories', memory()],
    ['an emotion', '/emotions', emotion()],
  ])('happens once, with the first command of a user: %s', async (_what, path, body) => {
    const user = store.user(`registered-by${path.replace('/', '-')}`);
    await user.post(path, body);
    await user.post(path, body);
    const registered = (await user.events()).filter(({ type }) => type === 'user.registered');
    expect(registered).toHaveLength(1);
    expect((await user.get<Profile>('/profile')).body.version).toBe(1);
  });

  it('happens once when many first commands arrive at once', async () => {
    const user = store.user('registered-in-a-crowd');
    const turns = ids('session', 20).map((sessionId) => user.post('/turns', turn({ sessionId })));
    expect((await Promise.all(turns)).map(({ status }) => status)).toEqual(Array(20).fill(201));
    const events = await user.events();
    expect(events.filter(({ type }) => type === 'user.registered')).toHaveLength(1);
    expect(events).toHaveLength(41);
  });

  it('does not happen when the command is refused', async () => {
    const user = store.user('never-registered');
    await user.delete('/memories/nothing');
    await user.patch('/memories/nothing', { importance: 1 });
    await user.post('/recalls', { memoryIds: ['nothing'] });
    await user.post('/sessions/nothing/end');
    await user.post('/turns', turn({ userMessage: '', assistantMessage: '' }));
    expect(refusalOf(await user.get('/profile'))).toBe('404 user.not-found');
  });
});

describe('streams', () => {
  it('of two users stay separate when their user and session ids join to the same text', async () => {
    const [outer, inner] = [store.user('run'), store.user('run:together')];
    await outer.post('/turns', turn({ sessionId: 'together:now' }));
    const { status, body } = await inner.post<TurnAnswer>('/turns', turn({ sessionId: 'now' }));
    expect(status).toBe(201);
    expect(body.events.find(({ type }) => type === 'session.started')?.version).toBe(1);
    expect((await inner.get<Conversation>('/sessions/now')).body.turnCount).toBe(1);
    expect(refusalOf(await inner.get('/sessions/together:now'))).toBe('404 session.not-found');
  });
});

describe('X-Correlation-Id', () => {
  it('is stored with every event of the command and echoed', async () => {
    const user = store.user('correlated');
    const answer = await user.post('/turns', joyfulTurn(), { 'x-correlation-id': 'reply-42' });
    expect(answer.headers.get('x-correlation-id')).toBe('reply-42');
    expect(new Set((await user.events()).map(({ correlationId }) => correlationId))).toEqual(
      new Set(['reply-42']),
    );
  });

  it('is generated when the caller sends none, and is the same in the answer and the events', async () => {
    const user = store.user('correlated-by-service');
    const answer = await user.post('/turns', turn());
    const generated = answer.headers.get('x-correlation-id');
    expect(generated).toMatch(/\S/);
    expect((await user.events()).map(({ correlationId }) => correlationId)).toEqual([
      generated,
      generated,
      generated,
    ]);
  });

  it('is echoed by reads and refusals as well', async () => {
    const header = { 'x-correlation-id': 'asked-7' };
    const user = store.user('correlated-never');
    for (const answer of [await user.get('/profile', header), await user.post('/turns', {}, header)]) {
      expect(answer.headers.get('x-correlation-id')).toBe('asked-7');
    }
  });
});
