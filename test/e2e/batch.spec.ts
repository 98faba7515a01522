import type { BatchAnswer, FeedPage, Memory, Profile } from '../support/answers.js';
import { emotion, ids, joyfulTurn, memory, minutesLater, turn } from '../support/builders.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

type Fields = Record<string, unknown>;

const head = async () => (await store.get<FeedPage>('/v1/events?limit=1')).body.head;

async function run(commands: Fields[]): Promise<BatchAnswer['results']> {
  const { status, body } = await store.post<BatchAnswer>('/v1/commands', { commands });
  expect(status).toBe(200);
  expect(body.results).toHaveLength(commands.length);
  return body.results;
}

const statuses = (results: BatchAnswer['results']): number[] => results.map(({ status }) => status);

describe('POST /v1/commands', () => {
  it('runs every kind of command in order, with the result that its own route would return', async () => {
    const userId = 'every-kind';
    const results = await run([
      { command: 'RecordTurn', userId, ...joyfulTurn() },
      { command: 'ChangeProfile', userId, humorLevel: 90 },
      { command: 'FormMemory', userId, ...memory({ memoryId: 'boat' }) },
      { command: 'FormMemory', userId, ...memory({ memoryId: 'ship' }) },
      { command: 'ReviseMemory', userId, memoryId: 'boat', importance: 1 },
      { command: 'RecallMemories', userId, memoryIds: ['boat', 'ship'] },
      { command: 'ForgetMemory', userId, memoryId: 'ship', reason: 'Sold.' },
      { command: 'ObserveEmotion', userId, ...emotion({ emotion: 'calm' }) },
      { command: 'EndSession', userId, sessionId: 'session-1' },
    ]);
    const events = await store.user(userId).events();
    const positionOf = (type: string) => events.findLast((event) => event.type === type)?.position;

    expect(statuses(results)).toEqual([201, 200, 201, 201, 200, 201, 200, 201, 200]);
    expect(results.every(({ problem }) => problem === undefined)).toBe(true);
    expect(events.map(({ type }) => type).slice(-8)).toEqual([
      'profile.changed',
      'memory.formed',
      'memory.formed',
      'memory.revised',
      'memory.recalled',
      'memory.forgotten',
      'emotion.observed',
      'session.ended',
    ]);
    expect(results.map(({ body }) => body)).toMatchObject([
      { turnId: expect.any(String), sessionId: 'session-1', events: expect.any(Array), position: 4 },
      { profile: { humorLevel: 90 }, version: 2, position: positionOf('profile.changed') },
      { memoryId: 'boat', version: 1 },
      { memoryId: 'ship', version: 1, position: positionOf('memory.formed') },
      { memoryId: 'boat', version: 2, position: positionOf('memory.revised') },
      { position: positionOf('memory.recalled') },
      { memoryId: 'ship', position: positionOf('memory.forgotten') },
      { version: 2, position: positionOf('emotion.observed') },
      { sessionId: 'session-1', position: positionOf('session.ended') },
    ]);
    expect(events.findLast(({ type }) => type === 'memory.forgotten')?.data).toEqual({
      memoryId: 'ship',
      reason: 'Sold.',
    });
    expect((await store.user(userId).get<Memory>('/memories/boat')).body).toMatchObject({
      importance: 1,
      recallCount: 1,
    });
  });

  it('lets each command succeed or fail on its own', async () => {
    const userId = 'mixed';
    const before = await head();
    const results = await run([
      { command: 'FormMemory', userId, ...memory({ memoryId: 'boat' }) },
      { command: 'RecordTurn', userId, ...joyfulTurn({ emotion: { label: 'joy', intensity: 2 } }) },
      { command: 'FormMemory', userId, ...memory({ memoryId: 'boat' }) },
      { command: 'ReviseMemory', userId, memoryId: 'ship', importance: 1 },
      { command: 'EndSession', userId, sessionId: 'nothing' },
      { command: 'Dance', userId },
      { command: 'RecordTurn', userId: 'two words', ...turn() },
      { command: 'ObserveEmotion', userId, ...emotion(), colour: 'blue' },
      { command: 'ReviseMemory', userId, memoryId: 'boat', importance: 0.1 },
    ]);
    expect(statuses(results)).toEqual([201, 400, 409, 404, 404, 400, 400, 400, 200]);
    expect(results.map(({ problem }) => problem?.code)).toEqual([
      undefined,
      'request.invalid',
      'memory.already-exists',
      'memory.not-found',
      'session.not-found',
      expect.stringMatching(/^request\./),
      'request.invalid',
      'request.invalid',
      undefined,
    ]);
    for (const { status, body, problem } of results.filter((result) => result.problem)) {
      expect(body).toBeUndefined();
      expect(problem).toMatchObject({ status, type: expect.any(String), title: expect.any(String) });
      expect(problem?.detail).toMatch(/\S/);
    }
    const badPathsOf = (index: number) => results[index]?.problem?.errors?.map(({ path }) => path);
    expect(badPathsOf(1)).toEqual([expect.stringMatching(/emotion\.intensity$/)]);
    expect(badPathsOf(6)).toEqual([expect.stringMatching(/userId$/)]);
    expect(badPathsOf(7)).toEqual([expect.stringMatching(/colour$/)]);
    expect(await head()).toBe(before + 3);
  });

  it('refuses objects that are not commands, and runs the rest', async () => {
    const userId = 'odd-company';
    const odd = [{}, { command: 'RecordTurn' }, { userId, ...turn() }, { command: 'constructor', userId }];
    const results = await run([...odd, { command: 'RecordTurn', userId, ...turn() }]);
    expect(statuses(results)).toEqual([...odd.map(() => 400), 201]);
    expect(await store.user(userId).events()).toHaveLength(3);
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['half a surrogate pair', '{"command":"FormMemory","userId":"U","type":"fact","content":"cut \\ud83d"}'],
    ['U+0000 in its key', '{"command":"EndSession","userId":"U","sessionId":"s","idempotencyKey":"\\u0000"}'],
    [
      'a number beyond doubles',
      '{"command":"ObserveEmotion","userId":"U","emotion":"joy","intensity":1e999}',
    ],
    [
      'a field __proto__',
      '{"command":"FormMemory","userId":"U","type":"fact","content":"c","metadata":{"__proto__":{"a":1}}}',
    ],
    [
      'too many levels',
      `{"command":"FormMemory","userId":"U","type":"fact","content":"c","metadata":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    ],
    [
      'a user that no URL can name',
      '{"command":"ObserveEmotion","userId":"..","emotion":"joy","intensity":1}',
    ],
    [
      'a memory that no URL can name',
      '{"command":"FormMemory","userId":"U","type":"fact","content":"c","memoryId":"."}',
    ],
  ])('answers a command with 400 that is or has %s, and runs its neighbours', async (_, odd) => {
    const userId = 'unreadable';
    const good = JSON.stringify({ command: 'ObserveEmotion', userId, ...emotion() });
    const text = `{"commands":[${good},${odd.replace('"U"', `"${userId}"`)},${good}]}`;
    const { status, body } = await store.send<BatchAnswer>('POST', '/v1/commands', {
      text,
      headers: { 'idempotency-key': `unreadable ${odd.slice(0, 200)}` },
    });
    expect(status).toBe(200);
    expect(statuses(body.results)).toEqual([201, 400, 201]);
    expect(body.results[1]?.problem?.code).toBe('request.invalid');
  });

  it('takes what the route of a command takes, as deep and as large', async () => {
    const userId = 'as-by-route';
    const nested = (levels: number): object => (levels === 1 ? { v: 1 } : { o: nested(levels - 1) });
    for (const levels of [31, 32]) {
      const fields = { ...memory(), metadata: nested(levels) };
      const status = levels === 31 ? 201 : 400;
      expect((await store.user(userId).post('/memories', fields)).status).toBe(status);
      expect(statuses(await run([{ command: 'FormMemory', userId, ...fields }]))).toEqual([status]);
    }
    const large = turn({ assistantMessage: 'x'.repeat(12_000) });
    const many = Array.from({ length: 1_000 }, () => ({ command: 'RecordTurn', userId, ...large }));
    expect(new Set(statuses(await run(many)))).toEqual(new Set([201]));
  });

  it('is sent again under its key as a whole, with its fields in any order', async () => {
    const userId = 'sent-again';
    const key = { 'idempotency-key': 'b'.repeat(255) };
    const command = { command: 'ObserveEmotion', userId, ...emotion() };
    const commands = Array.from({ length: 120 }, () => command);
    const first = await store.post<BatchAnswer>('/v1/commands', { commands }, key);
    expect(new Set(statuses(first.body.results))).toEqual(new Set([201]));
    const reordered = Object.fromEntries(Object.entries(command).toReversed());
    const again = await store.post('/v1/commands', { commands: commands.map(() => reordered) }, key);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await store.post('/v1/commands', { commands: commands.slice(1) }, key);
    expect(refusalOf(other)).toBe('422 command.key-reused');
    expect(await store.user(userId).events()).toHaveLength(121);
  });

  it('has keys that are never those of a single command', async () => {
    const user = store.user('two-kinds-of-keys');
    const command = { command: 'ObserveEmotion', userId: 'two-kinds-of-keys', ...emotion() };
    await store.post('/v1/commands', { commands: [command] }, { 'idempotency-key': 'kind' });
    for (const key of ['kind', 'kind#0']) {
      const own = await user.post('/emotions', emotion({ emotion: 'calm' }), { 'idempotency-key': key });
      expect([own.status, own.headers.get('idempotency-replayed')]).toEqual([201, null]);
    }
  });

  it('answers a repeated idempotency key with the first result, in the same batch and in the next', async () => {
    const userId = 'repeating';
    const keyed = { command: 'RecordTurn', userId, idempotencyKey: 'batch-turn', ...joyfulTurn() };
    const [first, same, other, last] = await run([
      keyed,
      keyed,
      { ...keyed, userMessage: 'Something else.' },
      { command: 'ObserveEmotion', userId, ...emotion() },
    ]);
    expect(first?.status).toBe(201);
    expect(same).toMatchObject({ status: 201, body: first?.body });
    expect(other).toMatchObject({ status: 422, problem: { status: 422, code: 'command.key-reused' } });
    expect(last?.status).toBe(201);
    expect(await run([keyed])).toMatchObject([{ status: 201, body: first?.body }]);
    expect(await store.user(userId).events()).toHaveLength(5);
  });

  it('does not use up the idempotency key of a refused command', async () => {
    const userId = 'refused-first';
    const keyed = { command: 'FormMemory', userId, idempotencyKey: 'batch-refused', ...memory() };
    expect(statuses(await run([{ ...keyed, importance: 7 }, keyed]))).toEqual([400, 201]);
    expect(statuses(await run([{ ...keyed, idempotencyKey: '' }]))).toEqual([400]);
    expect(statuses(await run([{ ...keyed, idempotencyKey: 'k'.repeat(256) }]))).toEqual([400]);
  });

  it('runs each command once when ten clients send the same keyed batch at once', async () => {
    const userId = 'ten-clients';
    const commands = ids('turn', 20).map((key, index) => ({
      command: 'RecordTurn',
      userId,
      idempotencyKey: `ten-clients ${key}`,
      ...turn({ userMessage: key, occurredAt: minutesLater(index) }),
    }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => run(commands)));
    for (const results of answers) {
      expect(statuses(results)).toEqual(Array(20).fill(201));
      expect(results.map(({ body }) => body)).toEqual(answers[0]?.map(({ body }) => body));
    }
    expect(await store.user(userId).events()).toHaveLength(22);
    expect((await store.user(userId).get<Profile>('/profile')).body.totalMessages).toBe(20);
  });

  it('accepts 1,000 commands of many users and keeps their order', async () => {
    const before = await head();
    const commands = Array.from({ length: 1000 }, (_, index) => ({
      command: 'RecordTurn',
      userId: `thousand-${index % 10}`,
      ...turn({ userMessage: `Message ${index}.`, occurredAt: minutesLater(index) }),
    }));
    const results = await run(commands);
    expect(new Set(statuses(results))).toEqual(new Set([201]));
    const positions = results.map(({ body }) => body?.position as number);
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
    const turns = (await store.user('thousand-7').events()).filter(({ type }) => type === 'turn.recorded');
    expect(turns.map(({ data }) => data.userMessage)).toEqual(
      Array.from({ length: 100 }, (_, index) => `Message ${index * 10 + 7}.`),
    );
    expect(await head()).toBe(before + 1020);
  });

  it('refuses a batch that is malformed, empty or too large, and runs none of it', async () => {
    const before = await head();
    const command = { command: 'RecordTurn', userId: 'never', ...turn() };
    expect(badFieldsOf(await store.post('/v1/commands', { commands: [] }))).toEqual(['commands']);
    expect(
      badFieldsOf(
        await store.post('/v1/commands', { commands: Array.from({ length: 1001 }, () => command) }),
      ),
    ).toEqual(['commands']);
    expect(badFieldsOf(await store.post('/v1/commands', { commands: command }))).toEqual(['commands']);
    expect(badFieldsOf(await store.post('/v1/commands', {}))).toEqual(['commands']);
    expect(badFieldsOf(await store.post('/v1/commands', { commands: [command], atomic: true }))).toEqual([
      'atomic',
    ]);
    expect(refusalOf(await store.post('/v1/commands', [command]))).toBe('400 request.invalid');
    expect(refusalOf(await store.send('POST', '/v1/commands', { text: '{"commands":' }))).toMatch(
      /^400 request\./,
    );
    expect(await head()).toBe(before);
  });

  it('stores the correlation id of the request with the events of every command', async () => {
    const commands = ['correlated-1', 'correlated-2'].map((userId) => ({
      command: 'RecordTurn',
      userId,
      ...turn(),
    }));
    const answer = await store.post('/v1/commands', { commands }, { 'x-correlation-id': 'batch-9' });
    expect(answer.headers.get('x-correlation-id')).toBe('batch-9');
    const events = [
      ...(await store.user('correlated-1').events()),
      ...(await store.user('correlated-2').events()),
    ];
    expect(events.map(({ correlationId }) => correlationId)).toEqual(Array(6).fill('batch-9'));
    expect(new Set(events.map(({ commandId }) => commandId)).size).toBe(2);
  });
});
