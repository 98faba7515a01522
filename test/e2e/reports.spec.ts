import { setTimeout as sleep } from 'node:timers/promises';
import { daysLater, emotion, memory, START, turn } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { badFieldsOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

interface Report {
  report: string;
  query: Record<string, unknown>;
  asOf: { position: number; recordedAt: string };
  head: number;
  definitions: { version: number; tzdata: string; erasureEpoch: number };
  items: Record<string, unknown>[];
  comparison?: { query: Record<string, unknown>; items: Record<string, unknown>[] };
}

let store: Store;

const report = (path: string, headers?: Record<string, string>): Promise<Answer<Report>> =>
  store.get<Report>(`/v1/${path}`, { 'accept-encoding': 'identity', ...headers });
const itemsOf = async (path: string) => {
  const { status, body } = await report(path);
  expect([path, status]).toEqual([path, 200]);
  return body.items;
};
const feel = (userId: string, fields: Record<string, unknown>) =>
  store.user(userId).post('/emotions', emotion(fields));

beforeAll(async () => {
  store = await Store.start();
  await feel('ada', { emotion: 'joy', intensity: 0.5, triggers: ['work'] });
  await feel('ada', { emotion: 'Joy', intensity: 0.25, triggers: [], occurredAt: daysLater(1) });
  await feel('bob', {
    emotion: 'fear',
    intensity: 1,
    triggers: ['work'],
    occurredAt: '2025-03-05T00:30:00+02:00',
  });
  await store.user('bob').post('/turns', turn());
  await store.user('bob').post('/memories', memory({ memoryId: 'boat', type: 'fact' }));
});

afterAll(() => store.remove());

describe('a report', () => {
  it('says what was asked, as of which position, and what else its numbers depend on', async () => {
    const { status, body, headers } = await report('reports/emotions?groupBy=emotion');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      report: 'emotions',
      query: {
        clock: 'occurred',
        timeZone: 'UTC',
        weekStart: 'monday',
        bucket: 'day',
        groupBy: ['emotion'],
        fill: 'none',
      },
      head: body.asOf.position,
      definitions: { version: 1, tzdata: process.versions.tz, erasureEpoch: 0 },
    });
    expect(headers.get('edgesoul-position')).toBe(String(body.asOf.position));
    expect(headers.get('vary')).toBe('Accept, Accept-Encoding');
    const day = { partial: false, variance: 0, share: 1, count: 1 };
    expect(body.items).toEqual([
      {
        ...day,
        start: '2025-03-03T00:00:00.000Z',
        startLocal: '2025-03-03T00:00:00',
        emotion: 'joy',
        meanIntensity: 0.5,
      },
      {
        ...day,
        start: '2025-03-04T00:00:00.000Z',
        startLocal: '2025-03-04T00:00:00',
        emotion: 'fear',
        meanIntensity: 1,
        share: 0.5,
      },
      {
        ...day,
        start: '2025-03-04T00:00:00.000Z',
        startLocal: '2025-03-04T00:00:00',
        emotion: 'joy',
        meanIntensity: 0.25,
        share: 0.5,
      },
    ]);
  });

  it('has the same bytes when it is asked again, also by its permanent link', async () => {
    const first = await report(
      'reports/emotions?groupBy=user,weekday&timeZone=event&users=ada,bob&emotions=JOY',
    );
    const again = await report(
      'reports/emotions?groupBy=weekday,user&timeZone=event&users=bob,ada&emotions=joy',
    );
    const link = first.headers.get('content-location') ?? '';
    const linked = await report(link.replace('/v1/', ''));
    await feel('ada', { emotion: 'joy', intensity: 1 });
    const later = await report(link.replace('/v1/', ''));
    for (const { text, headers } of [again, linked, later]) {
      expect(text).toBe(first.text);
      expect(headers.get('etag')).toBe(first.headers.get('etag'));
      expect(headers.get('content-location')).toBe(link);
    }
    expect((await report('reports/emotions?groupBy=user,weekday')).text).not.toBe(first.text);
  });

  it('is not computed again for a client that has it, in each format and coding', async () => {
    const tags = new Set<string>();
    const asked: Record<string, string>[] = [{}, { 'accept-encoding': 'gzip' }, { accept: 'text/csv' }];
    for (const headers of asked) {
      const { headers: answered } = await report('reports/usage?asOf=5', headers);
      const etag = answered.get('etag') ?? '';
      tags.add(etag);
      const again = await report('reports/usage?asOf=5', {
        ...headers,
        'if-none-match': `"other", W/${etag}`,
      });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
      expect((await report('reports/usage?asOf=4', { ...headers, 'if-none-match': etag })).status).toBe(200);
    }
    expect(tags.size).toBe(3);
  });

  it('has the same items in every format of rows', async () => {
    const path = 'reports/emotions?groupBy=emotion&timeZone=Europe/Berlin&asOf=5';
    const items = await itemsOf(path);
    const lines = (await store.get<string>(`/v1/${path}&format=ndjson`)).text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(items);
    const [header, ...rows] = (await store.get<string>(`/v1/${path}&format=csv`)).text
      .trimEnd()
      .split(/\r?\n/);
    expect(header?.split(',')).toEqual(Object.keys(items[0] ?? {}));
    expect(rows.map((row) => row.split(','))).toEqual(items.map((item) => Object.values(item).map(String)));
    const parquet = await fetch(`${store.url}/v1/${path}&format=parquet`);
    expect(parquet.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    expect(
      Buffer.from(await parquet.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
  });

  it('does not see what was recorded after its position, whenever that occurred', async () => {
    const { body } = await report('reports/emotions?bucket=year');
    const late = await feel('carl', { emotion: 'calm', intensity: 0.5, occurredAt: '2024-06-01T00:00:00Z' });
    expect(late.status).toBe(201);
    expect(await itemsOf(`reports/emotions?bucket=year&asOf=${body.asOf.position}`)).toEqual(body.items);
    expect(await itemsOf('reports/emotions?bucket=year&asOf=' + body.asOf.recordedAt)).toEqual(body.items);
    const now = await itemsOf('reports/emotions?bucket=year&users=carl');
    expect(now).toMatchObject([{ startLocal: '2024-01-01T00:00:00', count: 1 }]);
    expect(await itemsOf('reports/emotions?users=carl&clock=recorded&to=2025-01-01')).toEqual([]);
  });

  it('fills empty buckets, averages over a window, and compares with the range before', async () => {
    const { body } = await report(
      'reports/emotions?users=ada&from=2025-03-03&to=2025-03-06&fill=zero&window=2&compare=previous&measures=count&asOf=4',
    );
    expect(
      body.items.map(({ startLocal, count, movingAverage }) => [startLocal, count, movingAverage]),
    ).toEqual([
      ['2025-03-03T00:00:00', 1, 0.5],
      ['2025-03-04T00:00:00', 1, 0.375],
      ['2025-03-05T00:00:00', 0, 0.25],
    ]);
    expect(body.comparison?.query).toMatchObject({
      from: '2025-02-28T00:00:00.000Z',
      to: '2025-03-03T00:00:00.000Z',
    });
    expect(body.comparison?.items.map(({ count }) => count)).toEqual([0, 0, 0]);
  });
});

describe('the reports', () => {
  it('are listed with what they can be asked and how they are computed', async () => {
    const { body } = await store.get<{
      items: { name: string; path: string; measures: { formula: string }[] }[];
    }>('/v1/reports');
    expect(body.items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['emotions', 'usage', 'memories']),
    );
    for (const { path, measures } of body.items) {
      expect((await report(path.slice(4))).status).toBe(200);
      for (const { formula } of measures) expect(formula.length).toBeGreaterThan(10);
    }
  });

  it('count usage', async () => {
    const [item, ...more] = await itemsOf('reports/usage?bucket=all&asOf=8&clock=recorded');
    expect(more).toEqual([]);
    expect(item).toMatchObject({
      turns: 1,
      sessions: 1,
      memoriesFormed: 1,
      emotions: 3,
      activeUsers: 1,
      newUsers: 2,
    });
  });

  it('say what becomes of memories, by their type', async () => {
    await store.user('bob').post('/recalls', { memoryIds: ['boat'] });
    const [item] = await itemsOf('reports/memories?bucket=all&groupBy=type&users=bob');
    expect(item).toMatchObject({ type: 'fact', formed: 1, recalled: 1, neverRecalled: 0 });
  });

  it('count the events of each type', async () => {
    expect(
      await itemsOf(
        `events/histogram?types=turn.recorded,memory.formed&bucket=month&users=bob&to=${START.slice(0, 10)}`,
      ),
    ).toEqual([]);
    const items = await itemsOf('events/histogram?types=turn.recorded,memory.formed&bucket=month&users=bob');
    const march = { start: '2025-03-01T00:00:00.000Z', startLocal: '2025-03-01T00:00:00', partial: false };
    expect(items).toEqual([
      { ...march, type: 'memory.formed', count: 1 },
      { ...march, type: 'turn.recorded', count: 1 },
    ]);
  });
});

describe('a report whose client has gone', () => {
  // So many buckets that it is still being computed when the client goes.
  const long = 'reports/usage?bucket=hour&fill=zero&from=2014-01-01&to=2025-03-01';

  it('holds up no other, and is no failure', async () => {
    for (let round = 0; round < 4; round++) {
      const gone = new AbortController();
      const given = fetch(`${store.url}/v1/${long}`, { signal: gone.signal }).catch(() => undefined);
      await sleep(20 * round);
      const other = fetch(`${store.url}/v1/reports/emotions`, { signal: AbortSignal.timeout(10_000) });
      await sleep(30);
      gone.abort();
      await given;
      expect([round, (await other).status]).toEqual([round, 200]);
    }
    expect(store.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});

describe('a query that does not fit', () => {
  it.each([
    ['reports/sadness', 'name', /one of emotions, mood, usage, cohorts, memories/],
    ['reports/emotions?format=xml', 'format', /json, ndjson, csv, parquet/],
    ['reports/emotions?colour=red', 'colour', /not a parameter of emotions, which knows from, to/],
    ['reports/usage?groupBy=emotion', 'groupBy', /not a parameter of usage/],
    ['reports/emotions?timeZone=Mars/Base', 'timeZone', /event, UTC or a time zone/],
    ['reports/emotions?groupBy=mood', 'groupBy.0', /one of emotion, user/],
    ['reports/emotions?measures=mood', 'measures.0', /one of count/],
    ['reports/emotions?from=2025-02-30', 'from', /a date such as/],
    ['reports/emotions?from=2025-03-02&to=2025-03-01', 'from', /must not be after to/],
    [
      'reports/emotions?joinedFrom=2025-03-02&joinedTo=2025-03-01',
      'joinedFrom',
      /must not be after joinedTo/,
    ],
    [
      'reports/emotions?bucket=hour&from=2000-01-01&to=2025-01-01',
      'bucket',
      /219168 buckets.*at most 100000/,
    ],
    ['reports/emotions?bucket=hour&from=2000-01-01', 'bucket', /at most 100000/],
    ['reports/emotions?asOf=1000000', 'asOf', /the log ends at position/],
    ['reports/emotions?asOf=2999-01-01T00:00:00Z', 'asOf', /must not be in the future/],
    ['reports/emotions?asOf=yesterday', 'asOf', /a position or an RFC 3339 time/],
    ['reports/emotions?compare=year', 'compare', /needs from and to/],
    ['reports/emotions?measures=lift', 'measures', /groupBy=trigger/],
    ['reports/emotions?window=0', 'window', /at least 1/],
    ['reports/emotions?users=a%20b', 'users.0', /128 characters/],
    ['events/histogram?types=turn', 'types.0', /one of turn.recorded/],
  ])('is refused with what would: %s', async (path, field, message) => {
    const refused = await report(path);
    expect(refused.status).toBe(400);
    expect(badFieldsOf(refused)).toContain(field);
    expect(refused.text).toMatch(message);
  });
});
