import * as fc from 'fast-check';
import type { EmotionDayRow } from '../../projections/emotion-trend.projection.js';
import { localDay, quarterOfDay } from '../../projections/local-time.js';
import { bucketStart, calendarBuckets } from './calendar-buckets.js';
import { BUCKETS, type Bucket } from './emotion.dto.js';

const startOf = (time: string, bucket: Bucket, utcOffset = 0) =>
  new Date(bucketStart(Date.parse(time), bucket, utcOffset)).toISOString();
/** The row of a day with observations in one quarter of an hour. */
const felt = (time: string, emotion: string, count: number, intensitySum: number): EmotionDayRow => {
  const at = Date.parse(time);
  const quarters: EmotionDayRow['quarters'] = [[quarterOfDay(at), count, intensitySum]];
  return { userId: 'user-1', day: localDay(at, 0), emotion, quarters };
};
const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);

describe('the start of a bucket', () => {
  it.each<[Bucket, string, number, string]>([
    ['hour', '2025-03-03T08:59:59.999Z', 0, '2025-03-03T08:00:00.000Z'],
    ['hour', '2025-03-03T08:20:00Z', 345, '2025-03-03T08:15:00.000Z'],
    ['hour', '2025-03-03T08:20:00Z', -210, '2025-03-03T07:30:00.000Z'],
    ['day', '2025-03-03T00:00:00Z', 0, '2025-03-03T00:00:00.000Z'],
    ['day', '2025-03-03T18:14:59Z', 345, '2025-03-02T18:15:00.000Z'],
    ['day', '2025-03-03T18:15:00Z', 345, '2025-03-03T18:15:00.000Z'],
    ['day', '2025-03-03T03:00:00Z', -210, '2025-03-02T03:30:00.000Z'],
    ['week', '2025-03-03T00:00:00Z', 0, '2025-03-03T00:00:00.000Z'],
    ['week', '2025-03-09T23:59:59Z', 0, '2025-03-03T00:00:00.000Z'],
    ['week', '2025-03-02T23:59:59Z', 0, '2025-02-24T00:00:00.000Z'],
    ['week', '2025-03-02T18:15:00Z', 345, '2025-03-02T18:15:00.000Z'],
    ['week', '2025-03-03T03:29:59Z', -210, '2025-02-24T03:30:00.000Z'],
    ['month', '2024-02-29T23:59:59Z', 0, '2024-02-01T00:00:00.000Z'],
    ['month', '2025-02-28T18:15:00Z', 345, '2025-02-28T18:15:00.000Z'],
    ['month', '2025-03-01T03:29:59Z', -210, '2025-02-01T03:30:00.000Z'],
    ['month', '2025-12-31T23:00:00Z', 60, '2025-12-31T23:00:00.000Z'],
  ])('of the %s around %s, %i minutes east, is %s', (bucket, time, utcOffset, start) => {
    expect(startOf(time, bucket, utcOffset)).toBe(start);
  });

  it.each<[Bucket, string]>([
    ['hour', '1969-12-31T23:00:00.000Z'],
    ['day', '1969-12-31T00:00:00.000Z'],
    ['week', '1969-12-29T00:00:00.000Z'],
    ['month', '1969-12-01T00:00:00.000Z'],
  ])('of the %s before 1970 is %s', (bucket, start) => {
    expect(startOf('1969-12-31T23:59:59.999Z', bucket)).toBe(start);
  });

  it('is for weeks always a Monday at local midnight', () => {
    for (let day = -20; day < 20; day++) {
      const start = bucketStart(day * 86_400_000 + 1, 'week', -210);
      const local = new Date(start - 210 * 60_000);
      expect([local.getUTCDay(), local.getUTCHours(), local.getUTCMinutes()]).toEqual([1, 0, 0]);
    }
  });

  it('ignores summer time: a day has 24 hours even when clocks change', () => {
    expect(startOf('2025-03-30T22:30:00Z', 'day', 60)).toBe('2025-03-29T23:00:00.000Z');
    expect(startOf('2025-03-30T23:00:00Z', 'day', 60)).toBe('2025-03-30T23:00:00.000Z');
  });

  it('is the latest start that is not after the instant', () => {
    const instant = fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2100, 0) });
    const offset = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15);
    const longest = { hour: 1, day: 24, week: 7 * 24, month: 31 * 24 } as const;
    fc.assert(
      fc.property(instant, offset, fc.constantFrom(...BUCKETS), (at, utcOffset, bucket) => {
        const start = bucketStart(at, bucket, utcOffset);
        expect(start).toBeLessThanOrEqual(at);
        expect(at - start).toBeLessThan(longest[bucket] * 3_600_000);
        expect(bucketStart(start, bucket, utcOffset)).toBe(start);
        expect(bucketStart(start - 1, bucket, utcOffset)).toBeLessThan(start);
      }),
    );
  });
});

describe('the calendar buckets', () => {
  const inUtc = { bucket: 'day', utcOffset: 0 } as const;

  it('sum counts by time and emotion, and are sorted by both', () => {
    const days = [
      felt('2025-03-04T00:00:00Z', 'joy', 1, 0.5),
      felt('2025-03-03T08:00:00Z', 'joy', 2, 1.5),
      felt('2025-03-03T23:45:00Z', 'joy', 2, 0.5),
      felt('2025-03-03T08:00:00Z', 'fear', 1, 0.25),
    ];
    expect(calendarBuckets(days, inUtc)).toEqual([
      { start: '2025-03-03T00:00:00.000Z', emotion: 'fear', count: 1, meanIntensity: 0.25 },
      { start: '2025-03-03T00:00:00.000Z', emotion: 'joy', count: 4, meanIntensity: 0.5 },
      { start: '2025-03-04T00:00:00.000Z', emotion: 'joy', count: 1, meanIntensity: 0.5 },
    ]);
  });

  it('use the days of the requested offset', () => {
    const days = [felt('2025-03-03T18:00:00Z', 'joy', 1, 1), felt('2025-03-03T18:15:00Z', 'joy', 1, 0)];
    const inNepal = calendarBuckets(days, { bucket: 'day', utcOffset: 345 });
    expect(inNepal.map(({ start, count }) => [start, count])).toEqual([
      ['2025-03-02T18:15:00.000Z', 1],
      ['2025-03-03T18:15:00.000Z', 1],
    ]);
    expect(calendarBuckets(days, inUtc)).toHaveLength(1);
  });

  it('leave out quarters that start before `from`, or at `to` or later', () => {
    const days = ['08:00', '08:15', '08:30', '08:45'].map((time) =>
      felt(`2025-03-03T${time}:00Z`, 'joy', 1, 1),
    );
    const counted = (from?: string, to?: string) =>
      calendarBuckets(days, {
        ...inUtc,
        from: from && Date.parse(from),
        to: to && Date.parse(to),
      } as typeof inUtc).map(({ count }) => count);
    expect(counted('2025-03-03T08:15:00Z', '2025-03-03T08:45:00Z')).toEqual([2]);
    expect(counted('2025-03-03T08:15:00.001Z')).toEqual([2]);
    expect(counted(undefined, '2025-03-03T08:00:00Z')).toEqual([]);
    expect(counted()).toEqual([4]);
  });

  it('keep emotions apart whose names contain blanks and digits', () => {
    const days = [felt('1970-01-01T00:00:00Z', '0 joy', 1, 1), felt('1970-01-01T00:00:00Z', 'joy', 1, 1)];
    expect(calendarBuckets(days, inUtc)).toHaveLength(2);
  });

  it('are empty without observations', () => {
    expect(calendarBuckets([], { bucket: 'month', utcOffset: 0 })).toEqual([]);
  });

  it('lose no observation and no intensity, whatever the bucket and the offset', () => {
    const quarter = fc.tuple(
      fc.nat({ max: 95 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(0.25, 0.5, 1),
    );
    const rows = fc.array(
      fc.record({
        userId: fc.constant('user-1'),
        day: fc.integer({ min: -1_000, max: 20_000 }),
        emotion: fc.constantFrom('joy', 'fear'),
        quarters: fc.array(quarter, { minLength: 1, maxLength: 4 }),
      }),
      { maxLength: 20, size: 'max' },
    );
    const offset = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15);
    fc.assert(
      fc.property(rows, fc.constantFrom(...BUCKETS), offset, (days, bucket, utcOffset) => {
        const items = calendarBuckets(days, { bucket, utcOffset });
        const observed = days.flatMap(({ quarters }) => quarters);
        expect(total(items.map(({ count }) => count))).toBe(total(observed.map(([, count]) => count)));
        expect(total(items.map(({ count, meanIntensity }) => count * meanIntensity))).toBeCloseTo(
          total(observed.map(([, , sum]) => sum)),
          8,
        );
        const places = items.map(({ start, emotion }) => `${start} ${emotion}`);
        expect(new Set(places).size).toBe(places.length);
      }),
    );
  });
});
