import * as fc from 'fast-check';
import {
  DAY_MS as DAY,
  hourOfDay,
  localStart,
  nextLocalStart,
  WEEK_STARTS,
  weekday,
  type Bucket,
  type WeekStart,
} from './calendar.js';

const startOf = (time: string, bucket: Bucket, weekStart: WeekStart = 'monday') =>
  new Date(localStart(Date.parse(`${time}Z`), bucket, weekStart)).toISOString().slice(0, 16);

describe('the start of a bucket', () => {
  it.each<[Bucket, string, string]>([
    ['hour', '2025-03-03T08:59:59.999', '2025-03-03T08:00'],
    ['hour', '1969-12-31T23:59:59.999', '1969-12-31T23:00'],
    ['day', '2025-03-03T00:00:00', '2025-03-03T00:00'],
    ['day', '1969-12-31T23:59:59.999', '1969-12-31T00:00'],
    ['week', '2025-03-03T00:00:00', '2025-03-03T00:00'],
    ['week', '2025-03-09T23:59:59', '2025-03-03T00:00'],
    ['week', '2025-03-02T23:59:59', '2025-02-24T00:00'],
    ['week', '1969-12-31T23:59:59.999', '1969-12-29T00:00'],
    ['month', '2024-02-29T23:59:59', '2024-02-01T00:00'],
    ['month', '2025-12-31T23:59:59', '2025-12-01T00:00'],
    ['month', '1969-12-31T23:59:59.999', '1969-12-01T00:00'],
    ['quarter', '2024-03-31T23:59:59', '2024-01-01T00:00'],
    ['quarter', '2024-04-01T00:00:00', '2024-04-01T00:00'],
    ['quarter', '1969-12-31T23:59:59.999', '1969-10-01T00:00'],
    ['year', '2024-12-31T23:59:59.999', '2024-01-01T00:00'],
    ['year', '1969-06-01T00:00:00', '1969-01-01T00:00'],
    ['month', '0001-02-03T00:00:00', '0001-02-01T00:00'],
    ['all', '2024-12-31T23:59:59.999', '1970-01-01T00:00'],
  ])('of the %s around %s is %s', (bucket, time, start) => {
    expect(startOf(time, bucket)).toBe(start);
  });

  it.each<[WeekStart, string, string]>([
    ['sunday', '2026-11-21T23:59', '2026-11-15T00:00'],
    ['sunday', '2026-11-22T00:00', '2026-11-22T00:00'],
    ['sunday', '2026-11-23T12:00', '2026-11-22T00:00'],
    ['saturday', '2026-11-20T23:59', '2026-11-14T00:00'],
    ['saturday', '2026-11-21T00:00', '2026-11-21T00:00'],
    ['saturday', '2026-11-27T12:00', '2026-11-21T00:00'],
    ['monday', '2026-11-22T12:00', '2026-11-16T00:00'],
    ['sunday', '1969-12-31T12:00', '1969-12-28T00:00'],
  ])('of a week from %s around %s is %s', (weekStart, time, start) => {
    expect(startOf(time, 'week', weekStart)).toBe(start);
  });

  it('is the latest start that is not after the local time', () => {
    const local = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) });
    const longest = {
      hour: DAY / 24,
      day: DAY,
      week: 7 * DAY,
      month: 31 * DAY,
      quarter: 92 * DAY,
      year: 366 * DAY,
    };
    const firstDay = { monday: 1, sunday: 0, saturday: 6 } as const;
    fc.assert(
      fc.property(
        local,
        fc.constantFrom(...(['hour', 'day', 'week', 'month', 'quarter', 'year'] as const)),
        fc.constantFrom(...WEEK_STARTS),
        (at, bucket, weekStart) => {
          const start = localStart(at, bucket, weekStart);
          expect(start).toBeLessThanOrEqual(at);
          expect(at - start).toBeLessThan(longest[bucket]);
          expect(localStart(start, bucket, weekStart)).toBe(start);
          expect(localStart(start - 1, bucket, weekStart)).toBeLessThan(start);
          expect(nextLocalStart(start, bucket)).toBeGreaterThan(at);
          expect(localStart(nextLocalStart(start, bucket) - 1, bucket, weekStart)).toBe(start);
          const week = localStart(at, 'week', weekStart);
          expect(new Date(week).getUTCDay()).toBe(firstDay[weekStart]);
        },
      ),
    );
  });
});

describe('the hour and the weekday of a local time', () => {
  it('are those of its date, also before 1970', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) }), (at) => {
        const date = new Date(at);
        expect(hourOfDay(at)).toBe(date.getUTCHours());
        expect(weekday(at)).toBe(date.getUTCDay() || 7);
      }),
    );
  });
});
