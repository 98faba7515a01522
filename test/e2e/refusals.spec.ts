import type { FeedPage } from '../support/answers.js';
import { emotion, ids, joyfulTurn, memory, minutesLater, turn } from '../support/builders.js';
import { badFieldsOf, refusalOf } from '../support/expectations.js';
import { announceTooMuch } from '../support/raw-http.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
  await known().post('/memories', memory({ memoryId: 'boat' }));
});

afterAll(async () => {
  await store.remove();
});

const known = () => store.user('known');

/** A route with a body that it accepts, and the values that it refuses, by field. */
interface Refusals {
  method: 'POST' | 'PATCH';
  path: string;
  body: Record<string, unknown>;
  required?: string[];
  bad: Record<string, unknown[]>;
}

const TOO_LONG_ID = 'x'.repeat(129);
const BAD_IDS = ['', 'two words', 'a/b', 'é', TOO_LONG_ID, 5, null, ['a']];
const BAD_RATIOS = [-0.01, 1.01, '0.5', true, [0.5], {}];
const BAD_LEVELS = [-1, 101, 50.5, '50', true, []];
const BAD_FLAGS = [1, 'true', []];
const BAD_LISTS = ['one', { 0: 'one' }, [5], [['one']]];
const BAD_OBJECTS = ['text', 5, ['one']];
const BAD_TEXTS = [5, true, ['text'], { text: 'text' }, 'half a pair \ud800', 'zero \u0000'];
const BAD_TIMES = [
  'yesterday',
  '2025-03-03',
  '2025-03-03T08:00:00',
  '2025-02-30T08:00:00Z',
  '2025-03-03T25:00:00Z',
  1_741_000_000_000,
  minutesLater(25 * 60, new Date().toISOString()),
];

const MEMORY_FIELDS = {
  type: ['dream', '', 5],
  content: ['', 'x'.repeat(8001), ...BAD_TEXTS],
  context: BAD_TEXTS,
  confidence: BAD_RATIOS,
  importance: BAD_RATIOS,
  metadata: BAD_OBJECTS,
};

const ROUTES: Refusals[] = [
  {
    method: 'POST',
    path: '/turns',
    body: joyfulTurn(),
    required: ['sessionId', 'userMessage', 'assistantMessage', 'emotion.label', 'emotion.intensity'],
    bad: {
      sessionId: BAD_IDS,
      userMessage: ['x'.repeat(64_001), null, ...BAD_TEXTS],
      assistantMessage: ['x'.repeat(64_001), null, ...BAD_TEXTS],
      emotion: ['joy', 5, ['joy']],
      'emotion.label': ['', '   ', null, ...BAD_TEXTS],
      'emotion.intensity': [null, ...BAD_RATIOS],
      'emotion.confidence': BAD_RATIOS,
      'emotion.triggers': BAD_LISTS,
      'emotion.colour': ['blue'],
      topics: BAD_LISTS,
      occurredAt: BAD_TIMES,
      mood: ['fine'],
      userId: ['someone-else'],
    },
  },
  {
    method: 'PATCH',
    path: '/profile',
    body: { name: 'Ana' },
    bad: {
      name: BAD_TEXTS,
      gender: [5],
      empathyLevel: BAD_LEVELS,
      humorLevel: BAD_LEVELS,
      formalityLevel: BAD_LEVELS,
      verbosityLevel: BAD_LEVELS,
      proactivenessLevel: BAD_LEVELS,
      preferredTone: [5],
      responseStyle: [5],
      emojiUsage: BAD_FLAGS,
      voice: ['loud', [1]],
      'voice.enabled': BAD_FLAGS,
      'voice.speed': [0.49, 2.01, '1'],
      'voice.pitch': [-0.01, 2.01, '1'],
      'voice.autoSpeak': BAD_FLAGS,
      'voice.volume': [1],
      interests: BAD_LISTS,
      dislikes: BAD_LISTS,
      communicationPatterns: BAD_OBJECTS,
      utcOffset: [1.5, '60', 10_000, -10_000],
      timeZone: ['Europe/Atlantis', '+05:30', 'IST', '', 60],
      totalMessages: [7],
      version: [1],
    },
  },
  {
    method: 'POST',
    path: '/memories',
    body: memory(),
    required: ['type', 'content'],
    bad: {
      ...MEMORY_FIELDS,
      memoryId: ['', 'two words', TOO_LONG_ID, 5],
      occurredAt: BAD_TIMES,
      recallCount: [1],
    },
  },
  {
    method: 'PATCH',
    path: '/memories/boat',
    body: { importance: 0.7 },
    bad: { ...MEMORY_FIELDS, memoryId: ['ship'], occurredAt: ['2025-03-03T08:00:00Z'] },
  },
  {
    method: 'POST',
    path: '/recalls',
    body: { memoryIds: ['boat'] },
    required: ['memoryIds'],
    bad: { memoryIds: [[], ids('memory', 101), 'boat', [5], ['']], reason: ['why'] },
  },
  {
    method: 'POST',
    path: '/emotions',
    body: emotion(),
    required: ['emotion', 'intensity'],
    bad: {
      emotion: ['', '   ', ...BAD_TEXTS],
      intensity: [null, ...BAD_RATIOS],
      confidence: BAD_RATIOS,
      triggers: BAD_LISTS,
      sessionId: ['', 'two words', TOO_LONG_ID, 5],
      occurredAt: BAD_TIMES,
      label: ['joy'],
    },
  },
];

/** The body with one field, possibly a nested one, replaced or (undefined) left out. */
function withField(body: Record<string, unknown>, field: string, value: unknown): Record<string, unknown> {
  const [first = '', ...rest] = field.split('.');
  if (rest.length === 0) return { ...body, [first]: value };
  return {
    ...body,
    [first]: withField((body[first] ?? {}) as Record<string, unknown>, rest.join('.'), value),
  };
}

/** Matches the field itself and places inside it, such as `topics.0`. */
const within = (field: string): unknown =>
  expect.stringMatching(new RegExp(`^${field.replaceAll('.', '\\.')}(\\W.*)?$`));

const shortened = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}… (${text.length} characters)` : text;
};

describe.each(ROUTES)('$method $path', ({ method, path, body, required = [], bad }) => {
  const send = (fields: unknown) => known().send(method, path, { text: JSON.stringify(fields) });

  const cases = Object.entries(bad).flatMap(([field, values]) =>
    values.map((value) => ({ field, value, text: shortened(value) })),
  );

  it.each(cases)('refuses $field: $text and names the field', async ({ field, value }) => {
    expect(badFieldsOf(await send(withField(body, field, value)))).toEqual([within(field)]);
  });

  it('names every required field that is missing', async () => {
    for (const field of required)
      expect(badFieldsOf(await send(withField(body, field, undefined)))).toEqual([field]);
    const missing = required.length > 0 ? badFieldsOf(await send({})) : [];
    expect(missing).toEqual(required.filter((field) => !field.includes('.')).toSorted());
  });

  it('names all invalid fields of one body', async () => {
    const fields = Object.keys(bad).filter((field) => !field.includes('.') && !Object.hasOwn(body, field));
    const all = fields.reduce(
      (withBadFields, field) => withField(withBadFields, field, bad[field]?.[0]),
      body,
    );
    expect(badFieldsOf(await send(all))).toEqual(fields.toSorted().map(within));
  });

  it.each(['null', '[]', '"text"', '5'])('refuses the body %s', async (text) => {
    expect(refusalOf(await known().send(method, path, { text }))).toBe('400 request.invalid');
  });

  it.each(['', '{', '{"a":1}}', "{'a':1}", '\u0000'])('refuses %j, which is not JSON', async (text) => {
    expect(refusalOf(await known().send(method, path, { text }))).toMatch(/^400 request\./);
  });

  it('refuses a body whose content type is not JSON', async () => {
    const text = JSON.stringify(body);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(refusalOf(await known().send(method, path, { text, headers: form }))).toMatch(/^415 \w+\./);
    expect(
      refusalOf(await known().send(method, path, { text, headers: { 'content-type': 'text/plain' } })),
    ).toMatch(/^415 \w+\./);
  });

  it('refuses a body that is too large, without reading it', async () => {
    const { status, problem } = await announceTooMuch(store.url, method, `/v1/users/known${path}`);
    expect({ status, code: problem.code }).toEqual({ status: 413, code: 'body.too-large' });
  });

  it.each([['two words'], ['é'], [TOO_LONG_ID]])('refuses the invalid user id %s', async (id) => {
    expect(badFieldsOf(await store.user(id).send(method, path, { text: JSON.stringify(body) }))).toEqual([
      'userId',
    ]);
  });

  it('refuses an idempotency key that is empty or too long', async () => {
    for (const key of ['', 'k'.repeat(256)]) {
      const headers = { 'idempotency-key': key };
      expect(refusalOf(await known().send(method, path, { text: JSON.stringify(body), headers }))).toMatch(
        /^400 request\./,
      );
    }
  });
});

describe('the API', () => {
  it('refuses an intensity that JSON can write but a number cannot hold', async () => {
    const text = JSON.stringify(emotion({ intensity: 12345 })).replace('12345', '1e999');
    expect(badFieldsOf(await known().send('POST', '/emotions', { text }))).toEqual(['intensity']);
  });

  it('names a text that cannot be stored along with the other invalid fields', async () => {
    const bad = turn({ userMessage: 'zero \u0000', assistantMessage: 'half \ud800', topics: 'one' });
    expect(badFieldsOf(await known().post('/turns', bad))).toEqual([
      'assistantMessage',
      'topics',
      'userMessage',
    ]);
  });

  it('refuses body fields for a command that has none', async () => {
    expect(badFieldsOf(await known().post('/sessions/session-1/end', { reason: 'late' }))).toEqual([
      'reason',
    ]);
  });

  it('refuses an invalid session id in the path', async () => {
    for (const id of ['two%20words', '%C3%A9', TOO_LONG_ID]) {
      expect(badFieldsOf(await known().post(`/sessions/${id}/end`))).toEqual(['sessionId']);
    }
  });

  it('refuses an If-Match that is not a version', async () => {
    for (const version of ['one', '"one"', '"1.5"', '"-1"']) {
      const headers = { 'if-match': version };
      const user = known();
      expect(refusalOf(await user.patch('/profile', { name: 'Ana' }, headers))).toMatch(/^400 request\./);
      expect(refusalOf(await user.patch('/memories/boat', { importance: 0.7 }, headers))).toMatch(
        /^400 request\./,
      );
      expect(refusalOf(await user.delete('/memories/boat', headers))).toMatch(/^400 request\./);
    }
  });

  it('refuses an unknown query parameter of a command', async () => {
    expect(refusalOf(await known().delete('/memories/boat?because=so'))).toBe('400 request.invalid');
  });

  it('answers 404 for an unknown route', async () => {
    for (const path of ['/v1/nope', '/nope', '/v1/users/known', '/v1/users/known/nope']) {
      expect(refusalOf(await store.get(path))).toBe('404 route.not-found');
    }
    expect(refusalOf(await known().post('/nope', turn()))).toBe('404 route.not-found');
  });

  it('answers a path that cannot be decoded with a problem document', async () => {
    expect(refusalOf(await store.get('/v1/users/%ZZ/profile'))).toMatch(/^400 request\./);
  });

  it('stores nothing for refused requests', async () => {
    const { body } = await store.get<FeedPage>('/v1/events?after=0');
    expect(body.items.map(({ type }) => type)).toEqual(['user.registered', 'memory.formed']);
    expect(body.head).toBe(2);
  });
});
