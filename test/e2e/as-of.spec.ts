import * as fc from 'fast-check';
import { emotion, joyfulTurn, memory, minutesLater, receiptOf } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { Store } from '../support/store.js';

const POSITION = 'edgesoul-position';

/** Every read of one user, with and without its own parameters. */
const READS = [
  'profile',
  'stats',
  'timeline',
  'memories?limit=2',
  'memories?type=fact&minImportance=0.1',
  'memories/m1',
  'memories/search?q=whale+harbour&explain=true&minConfidence=0',
  'emotions',
  'emotions/trend?bucket=hour&timeZone=Asia/Kathmandu',
  'emotions/trend?bucket=week&utcOffset=330',
  'conversation',
  'sessions?limit=1',
  'sessions/s1',
  'context?q=whale+harbour&maxTokens=600',
  'context?format=anthropic&sessionId=s1',
  'memories/m1/uses',
  'events?limit=5',
  'events?after=3&types=turn.recorded,memory.formed',
];

interface Recorded {
  path: string;
  status: number;
  text: string;
  etag: string | null;
  position: number;
}

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

async function read(path: string): Promise<Recorded> {
  const { status, text, headers } = await store.get(path);
  return { path, status, text, etag: headers.get('etag'), position: Number(headers.get(POSITION)) };
}

const at = (path: string, asOf: number | string, more = '') =>
  `${path}${path.includes('?') ? '&' : '?'}asOf=${encodeURIComponent(asOf)}${more}`;
const readsOf = (user: string) => READS.map((path) => `/v1/users/${user}/${path}`);

const phrase = fc.constantFrom('the whale', 'a harbour', 'the whale in the harbour', '東京 whale');
const share = fc.constantFrom(0, 0.25, 0.5, 1);
/** Sometimes days late. */
const occurredAt = fc.constantFrom(...[0, 45, 1_500, -4_000].map((minutes) => minutesLater(minutes)));
const sessionId = fc.constantFrom('s1', 's2');

/** Any command, as an element of a batch. */
const command = fc.oneof(
  fc.record({
    command: fc.constant('RecordTurn'),
    sessionId,
    userMessage: phrase,
    assistantMessage: phrase,
    topics: fc.subarray(['boats', 'rain']),
    emotion: fc.option(fc.record({ label: fc.constantFrom('joy', 'fear'), intensity: share })),
    occurredAt,
  }),
  fc.record({ command: fc.constant('EndSession'), sessionId }),
  fc.record({ command: fc.constant('ObserveEmotion'), emotion: phrase, intensity: share, occurredAt }),
  fc.record({
    command: fc.constant('FormMemory'),
    memoryId: fc.constantFrom('m1', 'm2', 'm3', 'm4'),
    type: fc.constantFrom('fact', 'pattern'),
    content: phrase,
    importance: share,
    occurredAt,
  }),
  fc.record({ command: fc.constant('ReviseMemory'), memoryId: fc.constant('m1'), content: phrase }),
  fc.record({ command: fc.constant('ForgetMemory'), memoryId: fc.constantFrom('m1', 'm2') }),
  fc.record({ command: fc.constant('RecallMemories'), memoryIds: fc.constant(['m1']) }),
  fc.record({
    command: fc.constant('UseContext'),
    receiptId: fc.constant(receiptOf('ada')),
    turnId: fc.constantFrom('t1', 't2'),
    memories: fc.constant([{ memoryId: 'm1', score: 0.5 }]),
  }),
  fc.record({
    command: fc.constant('ChangeProfile'),
    humorLevel: fc.nat({ max: 100 }),
    timeZone: fc.constantFrom(null, 'Europe/Berlin', 'America/St_Johns'),
  }),
);

describe('a read at a position', () => {
  it('answers as the live read did then, to the last byte, also after a restart', async () => {
    const recorded: Recorded[] = [];
    const users = ['ada', 'bob'];
    const record = async () => {
      for (const user of users) recorded.push(...(await Promise.all(readsOf(user).map(read))));
    };
    await record();
    const batches = fc.sample(fc.array(command, { minLength: 1, maxLength: 12 }), 8);
    for (const [i, batch] of batches.entries()) {
      const commands = batch.map((each) => ({ ...each, userId: users[i % 3 === 2 ? 1 : 0] }));
      expect((await store.post('/v1/commands', { commands })).status).toBe(200);
      await record();
    }
    expect(recorded.filter(({ status }) => status === 404).length).toBeGreaterThan(READS.length / 2);
    expect(recorded.filter(({ status }) => status === 200).length).toBeGreaterThan(READS.length * 6);
    await store.restart();
    // A position after the end of the log is refused, and the refusal holds for no position.
    const answers = recorded.filter(({ status }) => status !== 409);
    for (const then of fc.sample(fc.shuffledSubarray(answers, { minLength: answers.length }), 1)[0] ?? []) {
      const now = await read(at(then.path, then.position));
      expect({ ...now, path: then.path }).toEqual(then);
    }
  });

  it('is exact while the user is written to', async () => {
    const user = store.user('busy');
    const stop = new AbortController();
    const writer = (async () => {
      for (let i = 0; !stop.signal.aborted; i++)
        await user.post('/turns', joyfulTurn({ occurredAt: minutesLater(i) }));
    })();
    const paths = readsOf('busy');
    const recorded: Recorded[] = [];
    for (let i = 0; i < 6; i++) recorded.push(...(await Promise.all(paths.map(read))));
    stop.abort();
    await writer;
    for (const then of recorded) {
      const now = await read(at(then.path, then.position));
      expect({ ...now, path: then.path }).toEqual(then);
    }
  });

  it('can be inside the events of a command, at a time, and before the first event', async () => {
    const user = store.user('inside');
    await user.post('/turns', joyfulTurn({}));
    const [first, second] = await user.events();
    const position = first?.position ?? 0;
    const profile = async (asOf: number | string) =>
      user.get<{ totalMessages: number }>(at('/profile', asOf));
    expect(second?.position).toBe(position + 1);
    expect((await profile(position)).body.totalMessages).toBe(0);
    expect((await profile(position - 1)).status).toBe(404);
    expect((await profile(0)).headers.get(POSITION)).toBe('0');
    const last = (await user.events()).at(-1);
    const byTime = await profile(last?.recordedAt ?? '');
    expect([byTime.body.totalMessages, Number(byTime.headers.get(POSITION))]).toEqual([1, last?.position]);
    const named = await store.get(`/v1/positions?at=${last?.recordedAt}`);
    expect(named.body).toEqual({ position: last?.position, recordedAt: last?.recordedAt });
    expect((await profile('1999-12-31T23:59:59Z')).status).toBe(404);
  });

  it('is refused when there is no such place in the log, with what would be valid', async () => {
    const future = new Date(Date.now() + 60_000).toISOString();
    for (const asOf of ['99999999', future, 'yesterday', '-1', '1e3'])
      for (const path of readsOf('ada')) {
        const { status, body } = await store.get<{ code: string; head: number }>(at(path, asOf));
        expect([status, body.code, Number.isInteger(body.head)]).toEqual([400, 'request.invalid', true]);
      }
    expect((await store.get('/v1/positions?at=tomorrow')).status).toBe(400);
    expect((await store.get(`/v1/positions?at=${future}`)).status).toBe(400);
  });

  it('pages on in the same state; a cursor of another position is refused', async () => {
    const user = store.user('paged');
    for (let i = 0; i < 3; i++) await user.post('/memories', memory({ occurredAt: minutesLater(i) }));
    type Page = { items: { memoryId: string }[]; nextCursor: string };
    const first = await user.get<Page>('/memories?limit=2');
    const position = Number(first.headers.get(POSITION));
    await user.delete(`/memories/${first.body.items[1]?.memoryId}`);
    const next = (asOf: number) =>
      user.get<Page>(at(`/memories?limit=2&cursor=${first.body.nextCursor}`, asOf));
    expect((await next(position)).body.items).toHaveLength(1);
    const refused = await next(position + 1);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('asOf')]);
    expect((await user.get(`/memories?limit=2&cursor=${first.body.nextCursor}`)).status).toBe(200);
  });
});

describe('a read with minPosition', () => {
  it('waits for the event, and gives up after three seconds', async () => {
    const user = store.user('waiting');
    const { body } = await user.post<{ position: number }>('/emotions', emotion({}));
    expect((await user.get(`/profile?minPosition=${body.position}`)).status).toBe(200);
    const soon = user.get<{ name: string }>(`/profile?minPosition=${body.position + 1}`);
    await user.patch('/profile', { name: 'Ada' });
    expect((await soon).body.name).toBe('Ada');
    const start = performance.now();
    const late = await user.get<{ code: string; head: number }>('/profile?minPosition=9007199254740991');
    expect([late.status, late.body.code]).toEqual([503, 'read.position-not-reached']);
    expect(late.headers.get('retry-after')).toBe('1');
    expect(performance.now() - start).toBeGreaterThanOrEqual(2_900);
  });
});

/** Who has read what, and the archive of all that is held, are about the present. */
const OF_THE_PRESENT = /\/(access|export)$/;

describe('the OpenAPI document', () => {
  interface Operation {
    parameters?: { name: string }[];
    responses: Record<string, { headers?: Record<string, unknown> }>;
  }

  it('lists asOf, minPosition and the header for every read of one user, which all answer it', async () => {
    const { body } = await store.get<{ paths: Record<string, { get?: Operation }> }>('/docs/json');
    const reads = Object.entries(body.paths).flatMap(([path, { get }]) =>
      get && path.startsWith('/v1/users/{userId}/') && !OF_THE_PRESENT.test(path) ? [{ path, ...get }] : [],
    );
    expect(reads.length).toBeGreaterThanOrEqual(12);
    for (const { path, parameters = [], responses } of reads) {
      const names = parameters.map(({ name }) => name);
      expect({ path, names }).toEqual({ path, names: expect.arrayContaining(['asOf', 'minPosition']) });
      expect(Object.keys(responses['200']?.headers ?? {})).toContain('Edgesoul-Position');
      const url = path.replace('{userId}', 'ada').replace(/{(\w)\w*}/, '$11');
      const answer: Answer<unknown> = await store.get(at(url, 1, names.includes('q') ? '&q=whale' : ''));
      expect([path, answer.headers.get(POSITION)]).toEqual([path, '1']);
    }
  });
});
