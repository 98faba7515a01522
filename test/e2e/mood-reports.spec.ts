import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from '../support/answers.js';
import { emotion, turn } from '../support/builders.js';
import { readLog } from '../support/client.js';
import { badFieldsOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

const CLOCK = fileURLToPath(new URL('../support/programs/clock-of-file.js', import.meta.url));
const MAY_USERS = ['ann', 'bob', 'eve'];
const EMOTIONS = ['joy', 'sadness', 'fear', 'love'];

/** What a user of Kolkata felt, every eight hours from the start of April or May on, for weeks. */
const observations = (userId: string, month: string) =>
  Array.from({ length: 60 }, (_, i) => ({
    command: 'ObserveEmotion',
    userId,
    ...emotion({
      emotion: EMOTIONS[(i + userId.length + (i % 7)) % 4],
      intensity: ((i * 37) % 100) / 100,
      occurredAt: new Date(Date.parse(`${month}-01T03:10:00Z`) + i * 8 * 3_600_000).toISOString(),
    }),
  }));

const QUESTION =
  '/v1/reports/mood?joinedFrom=2026-05-01&joinedTo=2026-06-01&groupBy=hourOfDay&bucket=week&timeZone=event' +
  '&asOf=2026-06-01T00:00:00Z';

const VALENCE: Record<string, number> = { joy: 0.76, love: 0.87, sadness: -0.63, fear: -0.64 };
const DAY_MS = 86_400_000;

/** What the clock in Kolkata showed, ms as if it showed UTC. */
const localTime = ({ occurredAt }: StoredEvent) => Date.parse(occurredAt) + 330 * 60_000;

/** The valences of the users who joined in May, by local week and hour, from the events alone. */
function moodByWeekAndHour(events: readonly StoredEvent[]) {
  const joined = new Set(
    events
      .filter((event) => event.type === 'user.registered' && event.occurredAt.startsWith('2026-05-'))
      .map(({ userId }) => userId),
  );
  const cells = new Map<string, { week: string; hour: number; values: number[] }>();
  for (const event of events) {
    if (event.type !== 'emotion.observed' || !joined.has(event.userId)) continue;
    const date = new Date(localTime(event));
    const monday = Math.floor(localTime(event) / DAY_MS) - ((date.getUTCDay() + 6) % 7);
    const week = new Date(monday * DAY_MS).toISOString().slice(0, 19);
    const key = `${week} ${String(date.getUTCHours()).padStart(2, '0')}`;
    const cell = cells.get(key) ?? { week, hour: date.getUTCHours(), values: [] };
    const { emotion: felt, intensity } = event.data as { emotion: string; intensity: number };
    cell.values.push(VALENCE[felt]! * intensity);
    cells.set(key, cell);
  }
  return [...cells].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

interface Report {
  report: string;
  query: Record<string, unknown>;
  asOf: { position: number; recordedAt: string };
  head: number;
  definitions: { version: number; mapping?: string };
  items: Record<string, unknown>[];
  summary: Record<string, unknown>;
}

let folder: string;
let clockFile: string;
let store: Store;
/** The answer of the question when it was asked on 1 June. */
let first: { text: string; etag: string | null };

async function fetched(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${store.url}${path}`, { headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function report(path: string): Promise<Report> {
  const { status, text } = await fetched(path);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return JSON.parse(text) as Report;
}

/** Has the clock of the service show this time. */
async function moveTo(time: string): Promise<void> {
  await writeFile(`${clockFile}.new`, time);
  await rename(`${clockFile}.new`, clockFile);
}

async function send(commands: object[]): Promise<void> {
  const { status, body } = await store.post<{ results: { status: number }[] }>('/v1/commands', { commands });
  expect(status).toBe(200);
  expect(body.results.filter((result) => result.status >= 300)).toEqual([]);
}

async function register(userId: string): Promise<void> {
  const { status } = await store.user(userId).patch('/profile', { timeZone: 'Asia/Kolkata' });
  expect(status).toBe(200);
}

beforeAll(async () => {
  // A user joins with the first command, at its time.
  folder = await mkdtemp(join(tmpdir(), 'edgesoul-clock-'));
  clockFile = join(folder, 'clock');
  await moveTo('2026-04-30T12:00:00Z');
  store = await Store.start({ NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_FILE: clockFile });
  await register('old');
  await moveTo('2026-05-01T01:00:00Z');
  for (const userId of MAY_USERS) await register(userId);
  await moveTo('2026-05-31T12:00:00Z');
  await send(observations('old', '2026-04'));
  for (const userId of MAY_USERS) await send(observations(userId, '2026-05'));
  const session = Array.from({ length: 6 }, (_, i) => ({
    command: 'RecordTurn',
    userId: 'ann',
    ...turn({
      sessionId: 'talk',
      emotion: { label: i < 3 ? 'sadness' : 'joy', intensity: 0.5 },
      occurredAt: `2026-05-30T10:0${i}:00Z`,
    }),
  }));
  await send(session);
  await moveTo('2026-06-01T00:01:00Z');
  const { text, headers } = await fetched(QUESTION);
  first = { text, etag: headers.get('etag') };
  await send(observations('late', '2026-05').concat(observations('ann', '2026-05')));
});

afterAll(async () => {
  await store.remove();
  await rm(folder, { recursive: true });
});

describe('how the mood of users who joined in May changed, by hour of day, as we knew it on 1 June', () => {
  it('is answered with the same bytes later, when more is known', async () => {
    const again = await fetched(QUESTION);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('etag')).toBe(first.etag);
    const held = await fetched(QUESTION, { 'if-none-match': first.etag ?? '' });
    expect([held.status, held.text]).toEqual([304, '']);
    const now = await report(QUESTION.replace(/&asOf=.*/, ''));
    expect(now.items).not.toEqual((JSON.parse(first.text) as Report).items);
  });

  it('is what the events of that time say', async () => {
    const { items, asOf } = JSON.parse(first.text) as Report;
    const events = (await readLog(store)).filter(({ position }) => position <= asOf.position);
    const expected = moodByWeekAndHour(events);
    expect(items.map(({ startLocal, hourOfDay, n }) => [startLocal, hourOfDay, n])).toEqual(
      expected.map(({ week, hour, values }) => [week, hour, values.length]),
    );
    for (const [i, { values }] of expected.entries()) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(items[i]?.['mean']).toBeCloseTo(mean, 12);
      expect(items[i]?.['positiveShare']).toBe(values.filter((value) => value > 0).length / values.length);
    }
    expect(new Set(items.map(({ startLocal }) => startLocal)).size).toBe(5);
  });

  it('is answered under its permanent link', async () => {
    const { headers } = await fetched(QUESTION);
    const link = await fetched(headers.get('content-location') ?? '');
    expect(link.status).toBe(200);
    expect((JSON.parse(link.text) as Report).items).toEqual((JSON.parse(first.text) as Report).items);
  });
});

describe('the report on mood', () => {
  it('has the change of each session', async () => {
    const { items, summary } = await report('/v1/reports/mood?groupBy=session&users=ann');
    expect(items).toEqual([
      {
        sessionId: 'talk',
        userId: 'ann',
        startedAt: '2026-05-30T10:00:00.000Z',
        n: 6,
        start: -0.315,
        end: 0.38,
        change: 0.695,
        unmapped: 0,
        reasons: null,
      },
    ]);
    expect(summary).toMatchObject({ n: 1, mean: 0.695, low: null, unmapped: 0 });
  });

  it('takes other worths of emotions, and says what it took', async () => {
    const { items, query, definitions } = await report(
      '/v1/reports/mood?users=ann&bucket=all&mapping=sign&valence=joy:-1,love:0&measures=n,max&emotions=joy,love',
    );
    expect(definitions.mapping).toBe('sign');
    expect(query).toMatchObject({ mapping: 'sign', valence: { joy: -1, love: 0 }, center: 'none' });
    expect(items).toMatchObject([{ max: 0 }]);
  });

  it('compares with the range before, and the time before and after a date', async () => {
    const path = '/v1/reports/mood?bucket=all&measures=n&timeZone=Asia/Kolkata';
    const compared = (await report(`${path}&from=2026-05-08&to=2026-05-15&compare=previous`)) as Report & {
      comparison: Report;
    };
    const before = await report(`${path}&from=2026-05-01&to=2026-05-08`);
    expect(compared.comparison.items).toEqual(before.items);
    expect(compared.comparison.summary).toEqual(before.summary);
    const { items, summary } = await report(`${path}&pivot=2026-05-08&pivotDays=7`);
    expect(items.map(({ pivot, n }) => [pivot, n])).toEqual([
      ['after', compared.items[0]?.['n']],
      ['before', before.items[0]?.['n']],
    ]);
    expect(summary['pivot']).toMatchObject({ change: { n: 4 } });
  });

  it('is answered as CSV and as lines of JSON', async () => {
    const path = '/v1/reports/mood?users=ann&bucket=all&measures=n,mean&groupBy=user';
    const { items } = await report(path);
    const [header, line] = (await fetched(`${path}&format=csv`)).text.split(/\r?\n/);
    expect(header).toBe('start,startLocal,partial,userId,n,mean,reasons');
    expect(line).toContain(`,ann,${items[0]?.['n'] as number},`);
    const [json] = (await fetched(`${path}&format=ndjson`)).text.split('\n');
    expect(JSON.parse(json ?? '')).toEqual(items[0]);
  });
});

describe('the report on cohorts', () => {
  it('counts who comes back', async () => {
    const { items, summary, query } = await report(
      '/v1/reports/cohorts?cohortBy=month&period=week&periods=4&asOf=2026-06-01T00:00:00Z',
    );
    expect(query).toMatchObject({
      cohortBy: 'month',
      method: 'classic',
      minReturns: 1,
      measure: 'retention',
    });
    expect(items.map(({ cohort, size }) => [cohort, size])).toEqual([
      ['2026-04-01', 1],
      ['2026-05-01', 3],
    ]);
    // Ann's only turns are on 30 May, in her week 4, which is over on 5 June.
    expect(items[1]?.['periods']).toEqual([
      ...[0, 1, 2, 3].map((period) => ({ period, complete: 3, users: 0, rate: 0 })),
      { period: 4, complete: 0, users: 0, rate: null },
    ]);
    expect(summary).toMatchObject({ size: 4 });
  });

  it('has the mood of the periods, with the mapping that it took', async () => {
    const { items, definitions } = await report(
      '/v1/reports/cohorts?cohortBy=month&period=week&periods=1&measure=mood&joinedFrom=2026-05-01',
    );
    expect(definitions.mapping).toBe('russell-mehrabian-1977');
    expect(items[0]?.['periods']).toMatchObject([
      { period: 0, n: expect.any(Number), mean: expect.any(Number) },
      { period: 1, n: expect.any(Number), mean: expect.any(Number) },
    ]);
  });
});

describe('GET /v1/reports', () => {
  it('lists both with formulas, sources and mappings', async () => {
    const { items } = (await report('/v1/reports')) as unknown as { items: Record<string, unknown>[] };
    const mood = items.find(({ name }) => name === 'mood');
    expect(mood).toMatchObject({
      version: 1,
      mappings: { 'russell-mehrabian-1977': { joy: 0.76, sadness: -0.63 }, sign: { joy: 1 } },
      ownParameters: { pivot: expect.any(String) },
    });
    expect(JSON.stringify(mood)).toMatch(/10\.1037\/a0014173.*10\.1080\/01621459\.2012\.737745/);
    expect(items.find(({ name }) => name === 'cohorts')).toMatchObject({ path: '/v1/reports/cohorts' });
  });
});

describe('bad input is refused', () => {
  it.each([
    ['mood?mapping=vad', 'mapping'],
    ['mood?valence=joy', 'valence'],
    ['mood?valence=joy:2', 'valence'],
    ['mood?valence=joy:0.5&valence=joy:0.4', 'valence'],
    ['mood?center=bucket', 'center'],
    ['mood?groupBy=session,user', 'groupBy'],
    ['mood?groupBy=mood', 'groupBy.0'],
    ['mood?measures=change', 'measures'],
    ['mood?measures=median', 'measures.0'],
    ['mood?pivot=2026-06-31', 'pivot'],
    ['mood?pivot=2026-06-01T00:00:00Z', 'pivot'],
    ['mood?pivot=2026-06-01&pivotDays=0', 'pivotDays'],
    ['mood?pivotDays=14', 'pivotDays'],
    ['mood?window=0', 'window'],
    ['mood?window=3&groupBy=session', 'window'],
    ['mood?top=3&groupBy=session', 'top'],
    ['cohorts?window=3', 'window'],
    ['mood?periods=3', 'periods'],
    ['cohorts?from=2026-05-01', 'from'],
    ['cohorts?bucket=week', 'bucket'],
    ['cohorts?cohortBy=year', 'cohortBy'],
    ['cohorts?period=quarter', 'period'],
    ['cohorts?periods=367', 'periods'],
    ['cohorts?periods=1.5', 'periods'],
    ['cohorts?method=bracket', 'method'],
    ['cohorts?minReturns=0', 'minReturns'],
    ['cohorts?measure=ltv', 'measure'],
    ['cohorts?mapping=sign', 'mapping'],
    ['cohorts?joinedFrom=2026-06-02&joinedTo=2026-06-01', 'joinedFrom'],
  ])('%s', async (path, field) => {
    expect(badFieldsOf(await store.get(`/v1/reports/${path}`))).toEqual([field]);
  });
});
