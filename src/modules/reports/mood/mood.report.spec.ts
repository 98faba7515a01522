import { felt, reportOn, userOf } from '../../../../test/support/report-facts.js';
import type { UserFacts } from '../user-facts.js';
import { moodReport } from './mood.report.js';

const report = (users: readonly UserFacts[], sent: Record<string, unknown> = {}, now?: string) =>
  reportOn(moodReport, users, sent, now);

/** A user with one observation an hour from a time on; each by its emotion. */
function hourly(
  userId: string,
  from: string,
  ...emotions: [emotion: string, intensity: number][]
): UserFacts {
  const start = Date.parse(from);
  return userOf(
    userId,
    ...emotions.map(([emotion, intensity], i) => felt(emotion, intensity, start + i * 3_600_000)),
  );
}

/** The start of a day, ms. */
const day = (i: number) => Date.parse('2026-05-01') + i * 86_400_000;

/** One of five hundredths. */
const jitter = (i: number) => ((i * 7) % 5) / 100;

/** Observations of a session, a minute apart. */
const session = (sessionId: string, from: string, ...emotions: [string, number][]) =>
  emotions.map(([emotion, intensity], i) =>
    felt(emotion, intensity, Date.parse(from) + i * 60_000, { sessionId }),
  );

describe('the report on mood', () => {
  it('has the valence of the observations of each bucket', () => {
    const ann = hourly('ann', '2026-05-01T08:00Z', ['joy', 1], ['sadness', 1], ['joy', 0.5]);
    const bob = hourly('bob', '2026-05-02T08:00Z', ['neutral', 1], ['mud', 1]);
    const { items, summary } = report([ann, bob]);
    const rmssd = Math.sqrt((1.39 ** 2 + 1.01 ** 2) / 2);
    expect(items).toEqual([
      {
        start: Date.parse('2026-05-01'),
        startLocal: '2026-05-01T00:00:00',
        partial: false,
        n: 3,
        users: 1,
        mean: 0.17,
        sd: expect.closeTo(Math.sqrt((0.59 ** 2 + 0.8 ** 2 + 0.21 ** 2) / 2), 12),
        min: -0.63,
        max: 0.76,
        pairs: 2,
        rmssd: expect.closeTo(rmssd, 12),
        inertia: null,
        positiveShare: 2 / 3,
        unmapped: 0,
        reasons: 'inertia: fewer than 10 pairs',
      },
      expect.objectContaining({
        n: 1,
        mean: 0,
        sd: null,
        rmssd: null,
        unmapped: 1,
        reasons: 'sd: fewer than 2 observations; rmssd: no pair; inertia: fewer than 10 pairs',
      }),
    ]);
    expect(summary).toMatchObject({
      slopePerDay: null,
      n: 2,
      changePoints: null,
      unmapped: 1,
      unmappedEmotions: [{ emotion: 'mud', count: 1 }],
      reasons: {
        slopePerDay: 'fewer than 3 buckets with a mean',
        changePoints: 'fewer than 8 buckets with a mean',
      },
    });
  });

  it('makes pairs within a session or, without one, within a local day', () => {
    const facts = [
      felt('joy', 1, '2026-05-01T10:00Z', { sessionId: 'a' }),
      felt('sadness', 1, '2026-05-01T10:01Z', { sessionId: 'b' }),
      felt('joy', 0.5, '2026-05-02T10:02Z', { sessionId: 'a' }),
      felt('fear', 1, '2026-05-01T23:50Z'),
      felt('joy', 1, '2026-05-02T00:10Z'),
      felt('joy', 0.5, '2026-05-02T00:20Z'),
    ];
    const [item] = report([userOf('ann', ...facts)], { bucket: 'all' }).items;
    expect(item).toMatchObject({ n: 6, pairs: 2, rmssd: expect.closeTo(0.38, 12) });
    const [inBerlin] = report([userOf('ann', ...facts)], { bucket: 'all', timeZone: 'Europe/Berlin' }).items;
    expect(inBerlin).toMatchObject({ n: 6, pairs: 3 });
  });

  it('takes observations in the order in which they occurred, whatever the order of the log', () => {
    const start = Date.parse('2026-05-01T08:00Z');
    const facts = ['joy', 'sadness', 'joy', 'anger'].map((emotion, i) =>
      felt(emotion, 1, start + i * 60_000),
    );
    const late = [facts[2]!, facts[0]!, facts[3]!, facts[1]!];
    expect(report([userOf('ann', ...late)])).toEqual(report([userOf('ann', ...facts)]));
  });

  it('takes observations of one moment in the order of the log', () => {
    const facts = ['joy', 'sadness', 'joy'].map((emotion) => felt(emotion, 1, '2026-05-01T08:00Z'));
    const [item] = report([userOf('ann', facts[2]!, facts[0]!, facts[1]!)]).items;
    expect(item).toMatchObject({ pairs: 2, rmssd: expect.closeTo(1.39, 12) });
  });

  it('compares each user with the own mean', () => {
    // Ann is 0.2 above her mean at 9 and 0.2 below it at 10; Bob the other way round, half as much.
    const users = [
      hourly('ann', '2026-05-01T09:00Z', ['surprise', 1], ['surprise', 0]),
      hourly('bob', '2026-05-01T09:00Z', ['surprise', 0.25], ['surprise', 0.75]),
    ];
    const { items } = report(users, { center: 'user', groupBy: ['hourOfDay'], valence: 'surprise:0.4' });
    expect(items).toMatchObject([
      { hourOfDay: 9, n: 2, users: 2, mean: 0.05, min: -0.1, max: 0.2, positiveShare: 0.5 },
      { hourOfDay: 10, n: 2, users: 2, mean: -0.05, min: -0.2, max: 0.1, positiveShare: 0.5 },
    ]);
    expect(items[0]!['sd']).toBeCloseTo(Math.sqrt(2 * 0.15 ** 2), 12);
  });

  it('says how the mood moves, and when it changed', () => {
    const steps = Array.from({ length: 20 }, (_, i) => felt('joy', (i < 12 ? 0.3 : 0.8) + jitter(i), day(i)));
    const { summary } = report([userOf('ann', ...steps)]);
    expect(summary).toMatchObject({ n: 20, changePoints: ['2026-05-13T00:00:00.000Z'] });
    const rising = Array.from({ length: 5 }, (_, i) => felt('joy', 0.1 * i, day(2 * i)));
    const trend = report([userOf('ann', ...rising)]).summary;
    expect(trend).toMatchObject({
      n: 5,
      slopePerDay: expect.closeTo(0.038, 12),
      low: expect.closeTo(0.038, 9),
    });
  });

  it('has the trend of each group, the rhythm of the day, and what follows what', () => {
    const facts = Array.from({ length: 5 }, (_, i) => [
      felt('joy', 0.5, day(i) + 6 * 3_600_000, { sessionId: `s${i}` }),
      felt('joy', 0.1 * i, day(i) + 9 * 3_600_000, { sessionId: `s${i}` }),
      felt('sadness', 0.4, day(i) + 15 * 3_600_000, { sessionId: `s${i}` }),
      felt('joy', 0.3, day(i) + 23 * 3_600_000, { sessionId: `s${i}` }),
    ]).flat();
    const byHour = report([userOf('ann', ...facts)], { groupBy: ['hourOfDay'] }).summary;
    expect(byHour).toMatchObject({
      rhythm: { n: 4, amplitude: expect.any(Number), peakHour: expect.any(Number) },
      groups: [
        { hourOfDay: 6, slopePerDay: 0, n: 5 },
        { hourOfDay: 9, slopePerDay: expect.closeTo(0.076, 12), n: 5 },
        { hourOfDay: 15, n: 5 },
        { hourOfDay: 23, n: 5 },
      ],
    });
    const alone = [6, 9].map((hour) => felt('joy', 1, day(9) + hour * 3_600_000));
    facts.push(...alone);
    const few = report([userOf('ann', ...facts)], { groupBy: ['emotion'] }).summary;
    expect(few).toMatchObject({ transitions: { n: 15, items: null, reason: 'fewer than 50 transitions' } });
    const four = ['ann', 'bob', 'eve', 'lee'].map((userId) => userOf(userId, ...facts));
    const { summary } = report(four, { groupBy: ['emotion'] });
    expect(summary).toMatchObject({
      transitions: {
        n: 60,
        items: [
          { from: 'joy', to: 'joy', count: 20, probability: 0.5, likelihood: expect.closeTo(-0.5, 12) },
          { from: 'joy', to: 'sadness', count: 20, probability: 0.5, likelihood: expect.closeTo(0.25, 12) },
          { from: 'sadness', to: 'joy', count: 20, probability: 1, likelihood: 1 },
        ],
      },
    });
  });

  it('has the share of acute changes on request', () => {
    const calm = Array.from({ length: 18 }, (_, i) => ['joy', 0.5 + jitter(i)] as [string, number]);
    const users = [
      hourly('ann', '2026-05-01T00:00Z', ...calm),
      hourly('bob', '2026-05-01T00:00Z', ['joy', 1], ['sadness', 1], ['sadness', 1]),
      hourly('eve', '2026-05-01T00:00Z', ['joy', 1]),
    ];
    const { items } = report(users, { groupBy: ['user'], measures: ['n', 'pac'] });
    expect(items.map(({ userId, pac, reasons }) => [userId, pac, reasons])).toEqual([
      // 19 changes, the 18th is 0.03, which 6 of Ann's 17 are.
      ['ann', 6 / 17, null],
      ['bob', 0.5, null],
      ['eve', null, 'pac: no pair'],
    ]);
  });

  it('counts an observation with each of its triggers', () => {
    const facts = [
      felt('joy', 1, '2026-05-01T10:00Z', { triggers: ['work', 'rain'] }),
      felt('sadness', 1, '2026-05-01T11:00Z', { triggers: ['rain'] }),
      felt('anger', 1, '2026-05-01T12:00Z'),
    ];
    const { items } = report([userOf('ann', ...facts)], { groupBy: ['trigger'], measures: ['n', 'mean'] });
    expect(items).toMatchObject([
      { trigger: 'rain', n: 2, mean: 0.065 },
      { trigger: 'work', n: 1, mean: 0.76 },
    ]);
    const rain = report([userOf('ann', ...facts)], { groupBy: ['trigger'], triggers: ['work'] }).items;
    expect(rain).toMatchObject([{ trigger: 'work', n: 1 }]);
  });

  it('fills empty buckets, and leaves out items with few observations', () => {
    const ann = userOf('ann', felt('joy', 1, '2026-05-01T10:00Z'), felt('joy', 1, '2026-05-03T10:00Z'));
    const filled = report([ann], { fill: 'zero', measures: ['n', 'mean'] }).items;
    expect(filled.map(({ n, mean, reasons }) => [n, mean, reasons])).toEqual([
      [1, 0.76, null],
      [0, null, 'no observation with a valence'],
      [1, 0.76, null],
    ]);
    expect(report([ann], { minCount: 2 }).items).toEqual([]);
  });

  it('averages over a window of each group, pooled by what counts', () => {
    const ann = userOf(
      'ann',
      felt('joy', 1, day(0)),
      felt('joy', 0.5, day(0) + 1),
      felt('joy', 0.25, day(1)),
      felt('joy', 1, day(3)),
      felt('sadness', 1, day(3) + 1),
    );
    const averages = (sent: object) =>
      report([ann], { measures: ['n'], window: 2, ...sent }).items.map(({ movingAverage }) => movingAverage);
    const all = (0.76 * 1.75) / 3;
    expect(averages({})).toEqual([0.57, expect.closeTo(all, 12), expect.closeTo(0.065, 12)]);
    expect(averages({ fill: 'zero', to: '2026-05-05' })).toEqual([
      0.57,
      expect.closeTo(all, 12),
      0.19,
      expect.closeTo(0.065, 12),
    ]);
    expect(averages({ groupBy: ['emotion'] })).toEqual([0.57, expect.closeTo(all, 12), 0.76, -0.63]);
    // Each user counts once in an item: the distances of two days from one own mean.
    const [first, second] = averages({ center: 'user' });
    expect([first, second]).toEqual([
      expect.closeTo(0.57 - 0.292, 9),
      expect.closeTo((0.57 + 0.19) / 2 - 0.292, 9),
    ]);
  });

  it('keeps the groups with the most observations, whose trends the summary has', () => {
    const facts = ['joy', 'joy', 'anger', 'sadness', 'sadness', 'sadness', 'mud', 'mud', 'mud', 'mud'];
    const ann = userOf('ann', ...facts.map((emotion, i) => felt(emotion, 1, day(i % 3) + i)));
    const { items, summary } = report([ann], { groupBy: ['emotion'], top: 2, measures: ['n'] });
    expect(new Set(items.map(({ emotion }) => emotion))).toEqual(new Set(['joy', 'sadness']));
    expect(summary).toMatchObject({ n: 3, groups: [{ emotion: 'joy' }, { emotion: 'sadness' }] });
  });

  it('compares the days before a date with those from it on', () => {
    const users = [
      userOf('ann', felt('sadness', 1, '2026-05-31T21:59Z'), felt('joy', 1, '2026-05-31T22:00Z')),
      userOf('bob', felt('joy', 0.5, '2026-05-30T00:00Z'), felt('joy', 1, '2026-06-02T12:00Z')),
      userOf('eve', felt('joy', 1, '2026-06-02T21:59Z'), felt('joy', 1, '2026-06-02T22:00Z')),
    ];
    const sent = { pivot: '2026-06-01', pivotDays: 2, timeZone: 'Europe/Berlin', bucket: 'all' };
    const { items, summary } = report(users, { ...sent, measures: ['n', 'mean'] });
    expect(items.map(({ pivot, n, mean }) => [pivot, n, mean])).toEqual([
      ['after', 3, 0.76],
      ['before', 2, -0.125],
    ]);
    expect(summary).toMatchObject({
      pivot: {
        before: { n: 2, users: 2, mean: -0.125 },
        after: { n: 3, users: 3, mean: 0.76 },
        change: { n: 2, mean: expect.closeTo((1.39 + 0.38) / 2, 9) },
      },
    });
  });

  it('takes the range of the query for a pivot, if it has one', () => {
    const facts = ['2026-05-01', '2026-05-31', '2026-06-20'].map((date) => felt('joy', 1, `${date}T12:00Z`));
    const counts = (sent: object) =>
      report([userOf('ann', ...facts)], { pivot: '2026-06-01', bucket: 'all', ...sent }).items.map(
        ({ n }) => n,
      );
    expect(counts({})).toEqual([1]);
    expect(counts({ from: '2026-05-01' })).toEqual([2]);
    expect(counts({ from: '2026-05-01', to: '2026-07-01' })).toEqual([1, 2]);
  });

  it("takes each event's own date for a pivot with timeZone=event", () => {
    const facts = [
      felt('joy', 1, '2026-05-31T23:00Z', { utcOffset: 120 }),
      felt('joy', 1, '2026-06-01T01:00Z', { utcOffset: -120 }),
    ];
    const sent = { pivot: '2026-06-01', timeZone: 'event', groupBy: ['hourOfDay'], bucket: 'all' };
    expect(report([userOf('ann', ...facts)], sent).items).toMatchObject([
      { pivot: 'after', hourOfDay: 1, n: 1 },
      { pivot: 'before', hourOfDay: 23, n: 1 },
    ]);
  });

  it('has the change of each session', () => {
    const ann = userOf(
      'ann',
      ...session('late', '2026-05-02T10:00Z', ['sadness', 1], ['sadness', 0], ['joy', 0.5], ['joy', 1]),
      ...session('early', '2026-05-01T10:00Z', ['joy', 1], ['mud', 1], ['joy', 1], ['joy', 1], ['joy', 1]),
      felt('joy', 1, '2026-05-01T11:00Z'),
    );
    const bob = userOf('bob', ...session('late', '2026-05-02T10:00Z', ['joy', 1], ['joy', 1], ['mud', 1]));
    const { items, summary } = report([ann, bob], { groupBy: ['session'] });
    expect(items).toEqual([
      {
        sessionId: 'early',
        userId: 'ann',
        startedAt: Date.parse('2026-05-01T10:00Z'),
        n: 4,
        start: 0.76,
        end: 0.76,
        change: 0,
        unmapped: 1,
        reasons: null,
      },
      expect.objectContaining({
        sessionId: 'late',
        userId: 'ann',
        n: 4,
        start: -0.315,
        end: 0.57,
        change: 0.885,
      }),
      expect.objectContaining({
        userId: 'bob',
        n: 2,
        change: null,
        reasons: 'fewer than 4 observations with a valence',
      }),
    ]);
    // t.ppf(.975, 1) = 12.7062...; the changes are 0 and 0.885.
    expect(summary).toMatchObject({
      n: 2,
      mean: 0.4425,
      high: expect.closeTo(0.4425 + 12.706204736174694 * 0.4425, 9),
      dz: expect.closeTo(0.5 * Math.SQRT2, 12),
      unmapped: 2,
    });
    const measured = report([ann], { groupBy: ['session'], measures: ['change'] }).items[0]!;
    expect(Object.keys(measured)).not.toContain('end');
  });

  it.each([
    [{ valence: 'joy:2' }, /valence: must be label:number/],
    [{ groupBy: ['session', 'user'] }, /groupBy: session cannot be combined/],
    [{ groupBy: ['session'], center: 'user' }, /center: makes no sense/],
    [{ groupBy: ['session'], fill: 'zero' }, /fill: makes no sense/],
    [{ measures: ['change'] }, /measures: change make sense with groupBy=session only/],
    [{ pivot: '2026-02-30' }, /pivot: must be a date/],
    [{ pivotDays: 7 }, /pivotDays: makes sense with pivot only/],
  ])('refuses %j', (sent, message) => {
    expect(() => report([], sent)).toThrow(message);
  });

  it('refuses more sessions than an answer may have', () => {
    const facts = Array.from({ length: 100_001 }, (_, i) => felt('joy', 1, i, { sessionId: `s${i}` }));
    expect(() => report([userOf('ann', ...facts)], { groupBy: ['session'] })).toThrow(
      /more than 100000 sessions/,
    );
  });
});
