import type { EmotionBucket, EmotionPattern, List } from '../support/answers.js';
import { daysLater, emotion, joyfulTurn, minutesLater, START } from '../support/builders.js';
import type { User } from '../support/client.js';
import { badFieldsOf } from '../support/expectations.js';
import { Store } from '../support/store.js';

let store: Store;

beforeAll(async () => {
  store = await Store.start();
});

afterAll(() => store.remove());

async function patternOf(user: User, name: string): Promise<EmotionPattern | undefined> {
  const { status, body } = await user.get<List<EmotionPattern>>('/emotions');
  expect(status).toBe(200);
  return body.items.find((item) => item.emotion === name);
}

const charted = () => store.user('charted');

const turnWith = (triggers: string[]) => joyfulTurn({ emotion: { label: 'Joy', intensity: 0.5, triggers } });

/** An observation of the user `wordy`, as a command of a batch. */
const observe = (name: string, triggers: string[], occurredAt = START) => ({
  command: 'ObserveEmotion',
  userId: 'wordy',
  ...emotion({ emotion: name, triggers, occurredAt }),
});

const numbered = (text: string, count: number) => Array.from({ length: count }, (_, i) => `${text} ${i}`);

const hours = (counts: Record<number, number>): number[] =>
  Array.from({ length: 24 }, (_, hour) => counts[hour] ?? 0);

/** Records joy on each of 28 days, in the count and intensity of the day, and returns its trend. */
async function trendOf28Days(id: string, count: (day: number) => number, intensity: (day: number) => number) {
  const commands = Array.from({ length: 28 }, (_, day) =>
    Array.from({ length: count(day) }, (__, index) => ({
      command: 'ObserveEmotion',
      userId: id,
      ...emotion({ intensity: intensity(day), occurredAt: minutesLater(index, daysLater(day)) }),
    })),
  ).flat();
  await store.post('/v1/commands', { commands });
  return (await patternOf(store.user(id), 'joy'))?.trend;
}

describe('GET emotions', () => {
  it('returns frequency, exact mean and population variance of each emotion', async () => {
    const user = store.user('golden');
    await user.post('/emotions', emotion({ intensity: 0.85 }));
    await user.post('/emotions', emotion({ intensity: 0.9, occurredAt: minutesLater(90) }));
    await user.post('/emotions', emotion({ emotion: 'sadness', intensity: 0.3, triggers: ['rain'] }));
    const { body } = await user.get<List<EmotionPattern>>('/emotions');
    expect(body.items.map((item) => item.emotion).toSorted()).toEqual(['joy', 'sadness']);
    expect(await patternOf(user, 'joy')).toEqual({
      emotion: 'joy',
      frequency: 2,
      meanIntensity: expect.closeTo(0.875, 12),
      variance: expect.closeTo(0.000625, 12),
      triggers: [{ trigger: 'harbour', count: 2 }],
      triggerCount: 1,
      hours: hours({ 8: 1, 9: 1 }),
      firstAt: START,
      lastAt: minutesLater(90),
      trend: {
        measure: 'count',
        direction: expect.stringMatching(/^(increasing|decreasing|stable)$/),
        slopePerDay: expect.any(Number),
        confidence: expect.any(Number),
      },
      intensityTrend: { measure: 'intensity', direction: 'stable', slopePerDay: 0, confidence: 0 },
    });
    expect(await patternOf(user, 'sadness')).toMatchObject({
      frequency: 1,
      meanIntensity: 0.3,
      variance: 0,
      triggers: [{ trigger: 'rain', count: 1 }],
      firstAt: START,
      lastAt: START,
      trend: { direction: 'stable' },
    });
  });

  it('keeps mean and variance exact over many emotions, in any order', async () => {
    const user = store.user('many');
    const intensities = Array.from({ length: 200 }, (_, index) => ((index * 37) % 101) / 100);
    const commands = intensities.map((intensity, index) => ({
      command: 'ObserveEmotion',
      userId: 'many',
      ...emotion({ intensity, occurredAt: minutesLater((index * 53) % 200) }),
    }));
    await store.post('/v1/commands', { commands });
    const mean = intensities.reduce((sum, one) => sum + one, 0) / intensities.length;
    const variance = intensities.reduce((sum, one) => sum + (one - mean) ** 2, 0) / intensities.length;
    expect(await patternOf(user, 'joy')).toMatchObject({
      frequency: 200,
      meanIntensity: expect.closeTo(mean, 10),
      variance: expect.closeTo(variance, 10),
      firstAt: START,
      lastAt: minutesLater(199),
    });
  });

  it('also counts the emotions of turns, and orders triggers by their number', async () => {
    const user = store.user('triggered');
    await user.post('/turns', turnWith(['Sea', 'tea']));
    await user.post('/turns', turnWith([' sea ']));
    await user.post('/emotions', emotion({ intensity: 0.5, triggers: ['SEA', 'tea', 'sun'] }));
    expect(await patternOf(user, 'joy')).toMatchObject({
      frequency: 3,
      meanIntensity: 0.5,
      variance: 0,
      triggers: [
        { trigger: 'sea', count: 3 },
        { trigger: 'tea', count: 2 },
        { trigger: 'sun', count: 1 },
      ],
    });
  });

  it('keeps firstAt and lastAt correct when emotions arrive out of order', async () => {
    const user = store.user('late');
    for (const minutes of [10, 0, 20, 5]) {
      await user.post('/emotions', emotion({ occurredAt: minutesLater(minutes) }));
    }
    expect(await patternOf(user, 'joy')).toMatchObject({
      frequency: 4,
      firstAt: START,
      lastAt: minutesLater(20),
    });
  });

  it('counts every label and every trigger, however many there are, and the most frequent ones first', async () => {
    const user = store.user('wordy');
    // More than a page of labels, and of triggers of one label that comes before the ones that matter.
    const labels = numbered('mood', 2_100).map((name) => observe(name, []));
    const things = numbered('thing', 2_100);
    const talkative = Array.from({ length: 105 }, (_, i) => observe('a', things.slice(i * 20, i * 20 + 20)));
    const last = [0, 1, 2].map(() => observe('zeal', ['mother'], daysLater(30)));
    const commands = [...labels, ...talkative, ...last];
    for (let i = 0; i < commands.length; i += 1_000)
      await store.post('/v1/commands', { commands: commands.slice(i, i + 1_000) });

    const { body } = await user.get<List<EmotionPattern> & { total: number }>('/emotions');
    expect([body.items.length, body.total]).toEqual([2_102, 2_102]);
    expect(body.items.slice(0, 3).map((item) => item.emotion)).toEqual(['a', 'zeal', 'mood 0']);
    expect(body.items[0]).toMatchObject({ frequency: 105, triggerCount: 2_100 });
    expect(body.items[0]?.triggers).toHaveLength(50);
    expect(body.items[1]?.triggers).toEqual([{ trigger: 'mother', count: 3 }]);
    const two = await user.get<List<EmotionPattern> & { total: number }>('/emotions?limit=2');
    expect(two.body).toEqual({ items: body.items.slice(0, 2), total: 2_102 });
    expect((await user.get('/stats')).body).toMatchObject({
      emotions: 2_208,
      firstActivityAt: START,
      lastActivityAt: daysLater(30),
    });
    for (const limit of [0, 5_001])
      expect(badFieldsOf(await user.get(`/emotions?limit=${limit}`))).toEqual(['limit']);
  });

  it("counts hours in the user's UTC offset at the time the event was stored", async () => {
    const user = store.user('traveller');
    const evening = emotion({ occurredAt: '2025-03-03T20:00:00Z' });
    await user.post('/emotions', evening); // 20:00 UTC
    await user.patch('/profile', { utcOffset: 330 });
    await user.post('/emotions', evening); // 01:30
    await user.patch('/profile', { utcOffset: -300 });
    await user.post('/emotions', evening); // 15:00
    await user.post('/turns', joyfulTurn({ occurredAt: '2025-03-03T03:59:59.999Z' })); // 22:59 the day before
    expect((await patternOf(user, 'joy'))?.hours).toEqual(hours({ 20: 1, 1: 1, 15: 1, 22: 1 }));
  });

  describe('trend', () => {
    it('is increasing, with confidence above 0.5, when an emotion grows more frequent and more intense', async () => {
      const trend = await trendOf28Days(
        'rising',
        (day) => 1 + Math.floor(day / 3),
        (day) => 0.1 + day * 0.03,
      );
      expect(trend?.direction).toBe('increasing');
      expect(trend?.slopePerDay).toBeGreaterThan(0);
      expect(trend?.confidence).toBeGreaterThan(0.5);
      expect(trend?.confidence).toBeLessThanOrEqual(1);
    });

    it('is decreasing, with confidence above 0.5, when an emotion grows rarer and less intense', async () => {
      const trend = await trendOf28Days(
        'falling',
        (day) => 10 - Math.floor(day / 3),
        (day) => 0.95 - day * 0.03,
      );
      expect(trend?.direction).toBe('decreasing');
      expect(trend?.slopePerDay).toBeLessThan(0);
      expect(trend?.confidence).toBeGreaterThan(0.5);
      expect(trend?.confidence).toBeLessThanOrEqual(1);
    });

    it('is stable when every day is the same', async () => {
      const trend = await trendOf28Days(
        'steady',
        () => 2,
        () => 0.5,
      );
      expect(trend?.direction).toBe('stable');
      expect(trend?.slopePerDay).toBeCloseTo(0, 9);
    });

    it('follows the intensity when the emotion is felt as often as before', async () => {
      const trend = await trendOf28Days(
        'climbing',
        () => 1,
        (day) => (day + 1) / 28,
      );
      expect(trend).toMatchObject({ measure: 'intensity', direction: 'increasing' });
      expect(trend?.slopePerDay).toBeCloseTo(1 / 28, 6);
      const pattern = await patternOf(store.user('climbing'), 'joy');
      expect(pattern?.intensityTrend).toEqual(trend);
    });

    it('covers only the four weeks that end with the last day', async () => {
      const user = store.user('turning');
      const commands = Array.from({ length: 40 }, (_, day) => ({
        command: 'ObserveEmotion',
        userId: 'turning',
        ...emotion({ intensity: 1, occurredAt: daysLater(day - 100) }),
      }));
      await store.post('/v1/commands', { commands });
      const trend = await trendOf28Days(
        'turning',
        () => 2,
        () => 0.5,
      );
      expect((await patternOf(user, 'joy'))?.frequency).toBe(96);
      expect(trend?.direction).toBe('stable');
    });
  });

  it('returns an empty list for a user without emotions and for an unknown user', async () => {
    const calm = store.user('calm');
    await calm.patch('/profile', { name: 'Calm' });
    expect((await calm.get('/emotions')).body).toEqual({ items: [], total: 0 });
    expect((await store.user('nobody').get('/emotions')).body).toEqual({ items: [], total: 0 });
  });
});

const trend = async (query: string): Promise<EmotionBucket[]> => {
  const { status, body } = await charted().get<List<EmotionBucket>>(`/emotions/trend?${query}`);
  expect(status).toBe(200);
  return body.items;
};
/** Each bucket as the text `start emotion count mean`, sorted. */
const bucketLines = async (query: string): Promise<string[]> =>
  (await trend(query))
    .map(
      ({ start, emotion: name, count, meanIntensity }) =>
        `${start} ${name} ${count} ${meanIntensity.toFixed(3)}`,
    )
    .toSorted();

const cut = (from: string, to: string) => bucketLines(`bucket=hour&from=${from}&to=${to}`);

describe('GET emotions/trend', () => {
  beforeAll(async () => {
    const felt: [string, string, number][] = [
      ['2025-02-28T19:00:00Z', 'joy', 0.2],
      ['2025-03-02T20:00:00Z', 'joy', 0.4],
      ['2025-03-03T08:10:00Z', 'joy', 0.6],
      ['2025-03-03T08:20:00Z', 'joy', 0.8],
      ['2025-03-03T08:45:00Z', 'anger', 1],
      ['2025-03-31T23:59:59.999Z', 'joy', 0.5],
    ];
    for (const [occurredAt, name, intensity] of felt) {
      await charted().post('/emotions', emotion({ emotion: name, intensity, occurredAt }));
    }
  });

  const in3March = 'from=2025-03-03T00:00:00Z&to=2025-03-04T00:00:00Z';

  it('groups emotions by the hour, in any UTC offset', async () => {
    expect(await bucketLines(`bucket=hour&${in3March}`)).toEqual([
      '2025-03-03T08:00:00.000Z anger 1 1.000',
      '2025-03-03T08:00:00.000Z joy 2 0.700',
    ]);
    expect(await bucketLines(`bucket=hour&utcOffset=330&${in3March}`)).toEqual([
      '2025-03-03T07:30:00.000Z joy 2 0.700', // 13:00 in India
      '2025-03-03T08:30:00.000Z anger 1 1.000',
    ]);
    expect(await bucketLines(`bucket=hour&utcOffset=345&${in3March}`)).toEqual([
      '2025-03-03T07:15:00.000Z joy 1 0.600', // 13:55 in Nepal
      '2025-03-03T08:15:00.000Z anger 1 1.000',
      '2025-03-03T08:15:00.000Z joy 1 0.800',
    ]);
  });

  it('groups emotions by days that begin at midnight in the UTC offset', async () => {
    expect(await bucketLines('bucket=day')).toEqual([
      '2025-02-28T00:00:00.000Z joy 1 0.200',
      '2025-03-02T00:00:00.000Z joy 1 0.400',
      '2025-03-03T00:00:00.000Z anger 1 1.000',
      '2025-03-03T00:00:00.000Z joy 2 0.700',
      '2025-03-31T00:00:00.000Z joy 1 0.500',
    ]);
    expect(await bucketLines('bucket=day&utcOffset=330')).toEqual([
      '2025-02-28T18:30:00.000Z joy 1 0.200',
      '2025-03-02T18:30:00.000Z anger 1 1.000',
      '2025-03-02T18:30:00.000Z joy 3 0.600',
      '2025-03-31T18:30:00.000Z joy 1 0.500',
    ]);
    expect(await bucketLines(`bucket=day&utcOffset=-510&${in3March}`)).toEqual([
      '2025-03-02T08:30:00.000Z joy 2 0.700',
      '2025-03-03T08:30:00.000Z anger 1 1.000',
    ]);
  });

  it('groups emotions by weeks that begin on Monday', async () => {
    expect(await bucketLines('bucket=week')).toEqual([
      '2025-02-24T00:00:00.000Z joy 2 0.300',
      '2025-03-03T00:00:00.000Z anger 1 1.000',
      '2025-03-03T00:00:00.000Z joy 2 0.700',
      '2025-03-31T00:00:00.000Z joy 1 0.500',
    ]);
    expect(await bucketLines('bucket=week&utcOffset=330')).toEqual([
      '2025-02-23T18:30:00.000Z joy 1 0.200',
      '2025-03-02T18:30:00.000Z anger 1 1.000',
      '2025-03-02T18:30:00.000Z joy 3 0.600',
      '2025-03-30T18:30:00.000Z joy 1 0.500',
    ]);
  });

  it('groups emotions by calendar months', async () => {
    expect(await bucketLines('bucket=month')).toEqual([
      '2025-02-01T00:00:00.000Z joy 1 0.200',
      '2025-03-01T00:00:00.000Z anger 1 1.000',
      '2025-03-01T00:00:00.000Z joy 4 0.575',
    ]);
    expect(await bucketLines('bucket=month&utcOffset=330')).toEqual([
      '2025-02-28T18:30:00.000Z anger 1 1.000',
      '2025-02-28T18:30:00.000Z joy 4 0.500',
      '2025-03-31T18:30:00.000Z joy 1 0.500',
    ]);
  });

  it('returns the buckets in time order', async () => {
    const starts = (await trend('bucket=hour')).map(({ start }) => start);
    expect(starts).toEqual(starts.toSorted());
  });

  it("uses the user's own UTC offset when the query has none", async () => {
    const indian = store.user('charted-in-india');
    await indian.patch('/profile', { utcOffset: 330 });
    await indian.post('/emotions', emotion({ occurredAt: '2025-03-02T20:00:00Z' }));
    const { body } = await indian.get<List<EmotionBucket>>('/emotions/trend?bucket=day');
    expect(body.items).toEqual([
      {
        start: '2025-03-02T18:30:00.000Z',
        startLocal: '2025-03-03T00:00:00',
        emotion: 'joy',
        count: 1,
        meanIntensity: 0.85,
      },
    ]);
    const inUtc = await indian.get<List<EmotionBucket>>('/emotions/trend?bucket=day&utcOffset=0');
    expect(inUtc.body.items[0]?.start).toBe('2025-03-02T00:00:00.000Z');
  });

  it('keeps an observation on its local day after the user has moved, or clocks have changed', async () => {
    const user = store.user('moved');
    const days = async () => {
      const { body } = await user.get<List<EmotionBucket>>('/emotions/trend');
      return body.items.map(({ startLocal, count }) => `${startLocal} ${count}`);
    };
    await user.patch('/profile', { timeZone: 'Europe/Berlin' });
    await user.post('/emotions', emotion({ occurredAt: '2024-07-01T22:30:00Z' })); // 00:30 on 2 July
    await user.post('/emotions', emotion({ occurredAt: '2024-12-01T23:30:00Z' })); // 00:30 on 2 December
    await user.post('/emotions', emotion({ occurredAt: '2024-12-31T20:00:00-05:00' })); // on a journey
    const recorded = ['2024-07-02T00:00:00 1', '2024-12-02T00:00:00 1', '2024-12-31T00:00:00 1'];
    expect(await days()).toEqual(recorded);
    expect((await patternOf(user, 'joy'))?.hours).toEqual(hours({ 0: 2, 20: 1 }));

    await user.patch('/profile', { timeZone: 'America/New_York' });
    expect(await days()).toEqual(recorded);
    await user.patch('/profile', { utcOffset: 840 });
    expect(await days()).toEqual(recorded);
    expect((await patternOf(user, 'joy'))?.hours).toEqual(hours({ 0: 2, 20: 1 }));
  });

  it('counts in the calendar of another time zone when asked, with its changes of clocks', async () => {
    const query = 'bucket=day&timeZone=America/New_York&from=2025-03-03T00:00:00Z';
    expect(await bucketLines(query)).toEqual([
      '2025-03-03T05:00:00.000Z anger 1 1.000',
      '2025-03-03T05:00:00.000Z joy 2 0.700',
      '2025-03-31T04:00:00.000Z joy 1 0.500', // summer time
    ]);
    expect((await trend(query)).at(-1)?.startLocal).toBe('2025-03-31T00:00:00');
  });

  it('cuts exactly at from and to', async () => {
    expect(await cut('2025-03-03T08:10:00Z', '2025-03-03T08:20:00Z')).toEqual([
      '2025-03-03T08:00:00.000Z joy 1 0.600',
    ]);
    expect(await cut('2025-03-03T08:10:00.001Z', '2025-03-03T08:20:00.001Z')).toEqual([
      '2025-03-03T08:00:00.000Z joy 1 0.800',
    ]);
    expect(await cut('2025-03-31T23:59:59.999Z', '2025-04-01T00:00:00Z')).toHaveLength(1);
  });

  it('begins weeks on the requested day', async () => {
    expect(await bucketLines('bucket=week&weekStart=sunday')).toEqual([
      '2025-02-23T00:00:00.000Z joy 1 0.200',
      '2025-03-02T00:00:00.000Z anger 1 1.000',
      '2025-03-02T00:00:00.000Z joy 3 0.600',
      '2025-03-30T00:00:00.000Z joy 1 0.500',
    ]);
    expect(await bucketLines('bucket=week&weekStart=saturday')).toEqual([
      '2025-02-22T00:00:00.000Z joy 1 0.200',
      '2025-03-01T00:00:00.000Z anger 1 1.000',
      '2025-03-01T00:00:00.000Z joy 3 0.600',
      '2025-03-29T00:00:00.000Z joy 1 0.500',
    ]);
  });

  it('refuses invalid query parameters and names them', async () => {
    const refused: [string, string][] = [
      ['bucket=decade', 'bucket'],
      ['bucket=day&utcOffset=1.5', 'utcOffset'],
      ['bucket=day&utcOffset=5000', 'utcOffset'],
      ['bucket=day&utcOffset=india', 'utcOffset'],
      ['utcOffset=60&timeZone=Europe/Berlin', 'utcOffset'],
      ['timeZone=Europe/Atlantis', 'timeZone'],
      ['timeZone=%2B05:30', 'timeZone'],
      ['weekStart=tuesday', 'weekStart'],
      ['bucket=day&from=yesterday', 'from'],
      ['bucket=day&to=2025-03-03', 'to'],
      ['bucket=day&emotions=joy', 'emotions'],
    ];
    for (const [query, parameter] of refused) {
      expect(badFieldsOf(await charted().get(`/emotions/trend?${query}`))).toEqual([parameter]);
    }
    expect((await store.user('nobody').get('/emotions/trend?bucket=day')).body).toEqual({ items: [] });
  });
});
