import type { CommandAnswer, FeedPage, Memory, Profile, ProfileAnswer } from '../support/answers.js';
import { emotion, joyfulTurn, memory, turn } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { refusalOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

const retrying = () => store.user('retrying');
const ifMatch = (version: number) => ({ 'if-match': `"${version}"` });
const keyed = (key: string) => ({ 'idempotency-key': key });
const wasReplayed = ({ headers }: Answer<unknown>) => headers.get('idempotency-replayed');
const head = async () => (await store.get<FeedPage>('/v1/events?limit=1')).body.head;

interface Keyed {
  route: string;
  method: string;
  path: string;
  body?: unknown;
  status: number;
}

const COMMANDS: Keyed[] = [
  { route: 'a turn', method: 'POST', path: '/turns', body: joyfulTurn(), status: 201 },
  { route: 'a profile change', method: 'PATCH', path: '/profile', body: { humorLevel: 11 }, status: 200 },
  { route: 'a memory', method: 'POST', path: '/memories', body: memory(), status: 201 },
  { route: 'a revision', method: 'PATCH', path: '/memories/revised', body: { importance: 0.1 }, status: 200 },
  { route: 'a forgetting', method: 'DELETE', path: '/memories/forgotten?reason=asked', status: 200 },
  { route: 'a recall', method: 'POST', path: '/recalls', body: { memoryIds: ['revised'] }, status: 201 },
  { route: 'an emotion', method: 'POST', path: '/emotions', body: emotion(), status: 201 },
  { route: 'the end of a session', method: 'POST', path: '/sessions/session-1/end', status: 200 },
];

const send = ({ method, path, body }: Keyed, key: string) =>
  retrying().send<Record<string, unknown>>(method, path, {
    text: body === undefined ? undefined : JSON.stringify(body),
    headers: keyed(key),
  });

describe('Idempotency-Key', () => {
  const first = new Map<string, Answer<unknown>>();

  beforeAll(async () => {
    await retrying().post('/turns', turn());
    await retrying().post('/memories', memory({ memoryId: 'revised' }));
    await retrying().post('/memories', memory({ memoryId: 'forgotten' }));
  });

  it.each(COMMANDS)(
    'returns the first answer byte for byte when $route is sent again, and stores nothing',
    async (command) => {
      const key = `again ${command.route}`;
      const answer = await send(command, key);
      first.set(command.route, answer);
      const before = await head();
      const again = await send(command, key);
      expect(answer.status).toBe(command.status);
      expect(wasReplayed(answer)).toBeNull();
      expect(again).toMatchObject({ status: command.status, text: answer.text });
      expect(again.headers.get('content-type')).toBe(answer.headers.get('content-type'));
      expect(wasReplayed(again)).toBe('true');
      expect(await head()).toBe(before);
    },
  );

  it('returns the first answers after a restart, too', async () => {
    await store.restart();
    const before = await head();
    for (const command of COMMANDS) {
      const again = await send(command, `again ${command.route}`);
      expect(again).toMatchObject({ status: command.status, text: first.get(command.route)?.text });
      expect(wasReplayed(again)).toBe('true');
    }
    expect(await head()).toBe(before);
  });

  it('is refused with another body, route or query of the user', async () => {
    const key = keyed('taken');
    await retrying().post('/memories', memory({ memoryId: 'keyed' }), key);
    const before = await head();
    const reused = [
      await retrying().post('/memories', memory({ memoryId: 'keyed', content: 'Else.' }), key),
      await retrying().post('/memories', memory({ memoryId: 'keyed-too' }), key),
      await retrying().post('/turns', turn(), key),
      await retrying().patch('/memories/keyed', { content: 'Else.' }, key),
      await retrying().delete('/memories/keyed', key),
      await retrying().post('/sessions/session-1/end', undefined, key),
    ];
    for (const answer of reused) expect(refusalOf(answer)).toBe('422 command.key-reused');
    await retrying().delete('/memories/keyed?reason=one', keyed('taken for deletion'));
    expect(
      refusalOf(await retrying().delete('/memories/keyed?reason=two', keyed('taken for deletion'))),
    ).toBe('422 command.key-reused');
    expect(await head()).toBe(before + 1);
  });

  it('belongs to the user: for another user it is another command', async () => {
    const key = keyed('message 7');
    const [ada, bob] = [store.user('message-ada'), store.user('message-bob')];
    const own = await ada.post<CommandAnswer>('/emotions', emotion(), key);
    const other = await bob.post<CommandAnswer>('/emotions', emotion({ emotion: 'calm' }), key);
    expect([own.status, other.status, wasReplayed(other)]).toEqual([201, 201, null]);
    expect((await ada.post('/emotions', emotion(), key)).text).toBe(own.text);
    expect((await bob.post('/emotions', emotion({ emotion: 'calm' }), key)).text).toBe(other.text);
  });

  it('makes one command of twenty identical ones sent at once', async () => {
    const crowd = store.user('crowd');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => crowd.post('/turns', joyfulTurn(), keyed('twenty at once'))),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter((answer) => wasReplayed(answer) === null)).toHaveLength(1);
    expect(await crowd.events()).toHaveLength(4);
  });

  it('lets exactly one of twenty different commands with the same key succeed', async () => {
    const crowd = store.user('racing-crowd');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        crowd.post('/memories', memory({ memoryId: `memory-${index}` }), keyed('twenty others')),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19);
    expect(await crowd.events()).toHaveLength(2);
  });

  it('can be used again after a refusal', async () => {
    const tried = store.user('tried');
    const key = keyed('refused before');
    expect(refusalOf(await tried.post('/turns', turn({ userMessage: '', assistantMessage: '' }), key))).toBe(
      '400 request.invalid',
    );
    expect(refusalOf(await tried.delete('/memories/later', key))).toBe('404 memory.not-found');
    const formed = await tried.post('/memories', memory({ memoryId: 'later' }), key);
    expect(formed.status).toBe(201);
    expect(wasReplayed(formed)).toBeNull();
  });

  it('may be any text of up to 255 characters', async () => {
    for (const key of ['k'.repeat(255), 'with spaces, "quotes" and % signs', '0']) {
      const answers = [];
      for (let sent = 0; sent < 2; sent++)
        answers.push(await retrying().post('/emotions', emotion(), keyed(key)));
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(answers[1]?.text).toBe(answers[0]?.text);
    }
  });

  it('is optional: without one, the same body is a new command', async () => {
    const twice = store.user('twice');
    await twice.post('/emotions', emotion());
    const answer = await twice.post<CommandAnswer>('/emotions', emotion());
    expect(answer.body.version).toBe(2);
  });
});

describe('If-Match', () => {
  it('accepts a profile change at the current version and refuses it at any other', async () => {
    const user = store.user('matched-profile');
    await user.patch('/profile', { humorLevel: 10 });
    const read = await user.get<Profile>('/profile');
    expect(read.headers.get('etag')).toBe(`"${read.body.version}"`);
    const etag = { 'if-match': read.headers.get('etag') ?? '' };
    const changed = await user.patch<ProfileAnswer>('/profile', { humorLevel: 20 }, etag);
    expect(changed).toMatchObject({ status: 200, body: { version: 3 } });

    for (const headers of [etag, ifMatch(4)]) {
      const refused = await user.patch('/profile', { humorLevel: 30 }, headers);
      expect(refusalOf(refused)).toBe('412 stream.version-conflict');
      expect(refused.body).toMatchObject({ currentVersion: 3 });
    }
    expect((await user.get<Profile>('/profile')).body).toMatchObject({ humorLevel: 20, version: 3 });
  });

  it('accepts the ETag of a recalled memory, and guards revising and forgetting it', async () => {
    const user = store.user('matched-memory');
    await user.post('/memories', memory({ memoryId: 'boat' }));
    await user.post('/recalls', { memoryIds: ['boat'] });
    const read = await user.get<Memory>('/memories/boat');
    const etag = { 'if-match': read.headers.get('etag') ?? '' };
    expect(etag['if-match']).toBe(`"${read.body.version}"`);
    const revised = await user.patch<CommandAnswer>('/memories/boat', { importance: 0.1 }, etag);
    expect(revised.status).toBe(200);

    const refused = [
      await user.patch('/memories/boat', { importance: 0.2 }, etag),
      await user.delete('/memories/boat', etag),
    ];
    for (const answer of refused) {
      expect(refusalOf(answer)).toBe('412 stream.version-conflict');
      expect(answer.body).toMatchObject({ currentVersion: revised.body.version });
    }
    expect((await user.get<Memory>('/memories/boat')).body.importance).toBe(0.1);
    expect((await user.delete('/memories/boat', ifMatch(revised.body.version))).status).toBe(200);
  });

  it('is honoured when a memory is formed, under a given id and under a generated one', async () => {
    const user = store.user('matched-forming');
    const form = (headers: Record<string, string>, memoryId?: string) =>
      user.post('/memories', memory(memoryId === undefined ? {} : { memoryId }), headers);
    expect(refusalOf(await form(ifMatch(5), 'boat'))).toBe('412 stream.version-conflict');
    expect(refusalOf(await form({ 'if-match': '*' }))).toBe('412 stream.version-conflict');
    expect((await form({ 'if-none-match': '*' }, 'boat')).status).toBe(201);
    expect((await form({ 'if-none-match': '*' })).status).toBe(201);
    const again = await form({ 'if-none-match': '*' }, 'boat');
    expect(refusalOf(again)).toBe('412 stream.version-conflict');
    expect(again.body).toMatchObject({ currentVersion: 1 });
  });

  it('is refused where nothing has a version, and in a batch', async () => {
    const user = store.user('matched-nothing');
    const refused = [
      await user.post('/turns', turn(), ifMatch(1)),
      await user.post('/emotions', emotion(), ifMatch(1)),
      await user.post('/recalls', { memoryIds: ['boat'] }, ifMatch(1)),
      await user.post('/sessions/session-1/end', undefined, ifMatch(1)),
      await store.post('/v1/commands', { commands: [{ command: 'EndSession' }] }, ifMatch(1)),
      await user.post('/memories', memory(), { 'if-none-match': '"1"' }),
      await user.post('/memories', memory(), { 'if-none-match': '*', ...ifMatch(1) }),
    ];
    for (const answer of refused) expect(refusalOf(answer)).toBe('400 request.invalid');
    expect(refusalOf(await user.get('/profile'))).toBe('404 user.not-found');
  });

  it('lets exactly one of twenty changes at the same version succeed', async () => {
    const user = store.user('racing-profile');
    await user.patch('/profile', { humorLevel: 100 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, level) => user.patch('/profile', { humorLevel: level }, ifMatch(2))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
    expect((await user.events()).at(-1)?.version).toBe(3);
  });

  it('does not use up the idempotency key of a stale change', async () => {
    const user = store.user('stale-then-fresh');
    await user.patch('/profile', { humorLevel: 10 });
    const change = { humorLevel: 20 };
    const stale = await user.patch('/profile', change, { ...ifMatch(1), ...keyed('stale first') });
    expect(refusalOf(stale)).toBe('412 stream.version-conflict');
    const fresh = await user.patch('/profile', change, { ...ifMatch(2), ...keyed('stale first') });
    expect(fresh).toMatchObject({ status: 200, body: { version: 3 } });
  });

  it('does not block a retry: the first answer is replayed although the version has changed', async () => {
    const user = store.user('matched-retry');
    await user.patch('/profile', { humorLevel: 10 });
    const sent = { ...ifMatch(2), ...keyed('matched once') };
    const first = await user.patch('/profile', { humorLevel: 20 }, sent);
    const again = await user.patch('/profile', { humorLevel: 20 }, sent);
    expect(again).toMatchObject({ status: 200, text: first.text });
    expect(wasReplayed(again)).toBe('true');
  });
});
