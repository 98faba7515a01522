import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { temporalBucket } from '../../../../test/support/temporal-buckets.js';
import type { FactTimes } from '../../../projections/facts.js';
import { BUCKETS, DAY_MS, type Bucket } from '../../calendar.js';
import { zoneClock } from '../../zone-clock.js';
import { ReportCalendar } from './report-calendar.js';
import type { ResolvedQuery } from './report-query.js';

const HOUR = 3_600_000;
/**
 * Midnights and a day that are skipped, half hours, months of Ramadan, and offsets of quarters of an hour.
 */
const ZONES = [
  'America/Santiago',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'UTC',
];
const FIRST = Date.UTC(1985, 0);
const LAST = Date.UTC(2030, 0);

const queryOf = (query: Partial<ResolvedQuery> = {}): ResolvedQuery => ({
  clock: 'occurred',
  timeZone: 'UTC',
  weekStart: 'monday',
  bucket: 'day',
  groupBy: [],
  measures: [],
  fill: 'none',
  own: {},
  ...query,
});
const calendarOf = (query: Partial<ResolvedQuery>, now = Date.UTC(2100, 0)) =>
  new ReportCalendar(queryOf(query), now);
const factAt = (at: number | string, utcOffset = 0): FactTimes => {
  const time = typeof at === 'number' ? at : Date.parse(at);
  return { position: 1, recordedAt: time, occurredAt: time, utcOffset };
};
const instant = (text: string) => ({ at: Date.parse(text), isLocal: false });

/** Changes of the offset, as Temporal finds them. */
const changes = new Map(
  ZONES.map((zone) => {
    const found: number[] = [];
    let next = Temporal.Instant.fromEpochMilliseconds(FIRST).toZonedDateTimeISO(zone);
    for (;;) {
      const after = next.getTimeZoneTransition('next');
      if (!after || after.epochMilliseconds > LAST) return [zone, found];
      found.push(after.epochMilliseconds);
      next = after;
    }
  }),
);

/** Any instant, mostly within two days of a change of the offset. */
const zonedInstants = fc.constantFrom(...ZONES).chain((zone) => {
  const near = changes.get(zone) ?? [];
  const anywhere = fc.integer({ min: FIRST, max: LAST });
  const close = near.length === 0 ? anywhere : fc.constantFrom(...near);
  return fc.record({
    zone: fc.constant(zone),
    at: fc.oneof(
      anywhere,
      fc.tuple(close, fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS })).map(([a, b]) => a + b),
    ),
  });
});

const widths = fc.constantFrom(
  ...BUCKETS.filter((bucket): bucket is Exclude<Bucket, 'all'> => bucket !== 'all'),
);
const weekStarts = fc.constantFrom('monday', 'sunday', 'saturday');

describe('the bucket of an instant in a time zone', () => {
  it('is the one of Temporal, also around every change of the offset', () => {
    fc.assert(
      fc.property(zonedInstants, widths, weekStarts, ({ zone, at }, bucket, weekStart) => {
        const calendar = calendarOf({ timeZone: zone, bucket, weekStart });
        const found = calendar.bucketOf(factAt(at));
        const { startLocal } = calendar.shown(found);
        expect({ start: found.start, end: found.end, startLocal }).toMatchObject(
          temporalBucket(at, { zone, bucket, weekStart }),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('is the same object for all instants of the bucket', () => {
    const calendar = calendarOf({ timeZone: 'Europe/Berlin', bucket: 'week' });
    const bucket = calendar.bucketOf(factAt('2026-03-23T12:00:00Z'));
    expect(calendar.bucketAt(Date.parse('2026-03-29T01:00:00Z'))).toBe(bucket);
    expect(calendar.bucketAt(bucket.end)).not.toBe(bucket);
  });
});

describe('the buckets of a range', () => {
  it('follow each other without gaps and without empty ones', () => {
    fc.assert(
      fc.property(zonedInstants, widths, fc.integer({ min: 0, max: 300 }), ({ zone, at }, bucket, hours) => {
        const calendar = calendarOf({ timeZone: zone, bucket });
        const [first, last] = [calendar.bucketAt(at), calendar.bucketAt(at + hours * HOUR)];
        const buckets = [...calendar.bucketsBetween(first, last)];
        expect(buckets[0]).toBe(first);
        expect(buckets.at(-1)).toBe(last);
        for (const { start, end } of buckets) expect(end).toBeGreaterThan(start);
        expect(buckets.slice(1).map(({ start }) => start)).toEqual(
          buckets.slice(0, -1).map(({ end }) => end),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('leave out a day that was skipped', () => {
    const calendar = calendarOf({ timeZone: 'Pacific/Apia' });
    const between = calendar.bucketsBetween(
      calendar.bucketAt(Date.parse('2011-12-29T12:00:00Z')),
      calendar.bucketAt(Date.parse('2011-12-31T12:00:00Z')),
    );
    expect([...between].map((bucket) => calendar.shown(bucket).startLocal)).toEqual([
      '2011-12-29T00:00:00',
      '2011-12-31T00:00:00',
      '2012-01-01T00:00:00',
    ]);
  });
});

const shown = (query: Partial<ResolvedQuery>, at: string, now?: string) => {
  const calendar = calendarOf(query, now === undefined ? undefined : Date.parse(now));
  return calendar.shown(calendar.bucketOf(factAt(at)));
};

describe('a bucket', () => {
  it.each<[string, Partial<ResolvedQuery>, string, boolean]>([
    ['cut off at its start', { from: instant('2026-03-01T00:00:00.001Z') }, '2026-03-01T12:00:00Z', true],
    ['from its start', { from: instant('2026-03-01T00:00:00Z') }, '2026-03-01T12:00:00Z', false],
    ['cut off at its end', { to: instant('2026-03-01T23:59:59.999Z') }, '2026-03-01T12:00:00Z', true],
    ['up to its end', { to: instant('2026-03-02T00:00:00Z') }, '2026-03-01T12:00:00Z', false],
  ])('%s is partial or not', (_, query, at, partial) => {
    expect(shown(query, at).partial).toBe(partial);
  });

  it('is partial until its last event could have been recorded', () => {
    expect(shown({}, '2026-03-01T12:00:00Z', '2026-03-01T23:59:59.999Z').partial).toBe(true);
    expect(shown({}, '2026-03-01T12:00:00Z', '2026-03-02T00:00:00Z').partial).toBe(false);
  });

  it('of recorded local times is over when it is over everywhere', () => {
    const event = { timeZone: 'event' };
    expect(shown(event, '2026-03-01T12:00:00Z', '2026-03-02T11:59:59.999Z').partial).toBe(true);
    expect(shown(event, '2026-03-01T12:00:00Z', '2026-03-02T12:00:00Z').partial).toBe(false);
    const from = instant('2026-02-28T10:00:00.001Z');
    expect(shown({ ...event, from }, '2026-03-01T12:00:00Z').partial).toBe(true);
  });

  it('for everything starts with the range', () => {
    expect(shown({ bucket: 'all' }, '2026-03-01T12:00:00Z')).toEqual({
      start: null,
      startLocal: null,
      partial: false,
    });
    const from = instant('2026-02-28T23:00:00Z');
    expect(shown({ bucket: 'all', timeZone: 'Europe/Berlin', from }, '2026-03-01T12:00:00Z')).toEqual({
      start: from.at,
      startLocal: '2026-03-01T00:00:00',
      partial: false,
    });
  });
});

describe('the range of a query', () => {
  it('is half open, by the clock of the query', () => {
    const range = { from: instant('2026-03-01T00:00:00Z'), to: instant('2026-03-02T00:00:00Z') };
    const late = { ...factAt('2026-03-01T12:00:00Z'), recordedAt: Date.parse('2026-03-05T00:00:00Z') };
    expect(calendarOf(range).isIn(late)).toBe(true);
    expect(calendarOf({ ...range, clock: 'recorded' }).isIn(late)).toBe(false);
    expect(calendarOf(range).isIn(factAt('2026-03-01T00:00:00Z'))).toBe(true);
    expect(calendarOf(range).isIn(factAt('2026-03-02T00:00:00Z'))).toBe(false);
  });

  it('of dates in recorded local time takes each event at its own', () => {
    const from = { at: Date.parse('2026-03-01T00:00:00Z'), isLocal: true };
    const calendar = calendarOf({ timeZone: 'event', from });
    expect(calendar.isIn(factAt('2026-02-28T15:00:00Z', 540))).toBe(true);
    expect(calendar.isIn(factAt('2026-02-28T14:59:59.999Z', 540))).toBe(false);
    expect(calendar.isIn(factAt('2026-03-01T07:59:59.999Z', -480))).toBe(false);
  });

  it('has users by when they registered; without a registration only where none is asked for', () => {
    const registered = factAt('2026-05-01T00:00:00Z');
    const may = { joinedFrom: instant('2026-05-01T00:00:00Z'), joinedTo: instant('2026-06-01T00:00:00Z') };
    expect(calendarOf(may).hasJoined({ registered })).toBe(true);
    expect(calendarOf({ ...may, joinedTo: may.joinedFrom }).hasJoined({ registered })).toBe(false);
    expect(calendarOf(may).hasJoined({ registered: undefined })).toBe(false);
    expect(calendarOf({}).hasJoined({ registered: undefined })).toBe(true);
  });
});

describe('the offset table of a zone', () => {
  it.each(ZONES)('has the offsets of Temporal around every change: %s', (zone) => {
    const clock = zoneClock(zone);
    for (const change of changes.get(zone) ?? []) {
      for (const at of [change - DAY_MS, change - 1, change, change + 1, change + DAY_MS]) {
        const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
        expect([at, clock?.offsetAt(at)]).toEqual([at, offsetNanoseconds / 1e6]);
      }
    }
  });
});
