import * as fc from 'fast-check';
import type { EmotionObservationRow } from '../../projections/emotion-trend.projection.js';
import { fixedClock, zoneClock, type Clock } from '../zone-clock.js';
import { CalendarBuckets, type Calendar } from './calendar-buckets.js';

const MINUTE = 60_000;
const BUCKETS = ['hour', 'day', 'week', 'month'] as const;

const clockOf = (zone: string) => zoneClock(zone) as Clock;

/** An observation with the offset that is written into the time; `Z` is 0. */
const felt = (time: string, emotion = 'joy', intensity = 0.5): EmotionObservationRow => {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time) ?? [];
  const size = sign === undefined ? 0 : Number(hours) * 60 + Number(minutes);
  const utcOffset = sign === '-' ? -size : size;
  return { userId: 'user-1', occurredAt: Date.parse(time), position: 1, utcOffset, emotion, intensity };
};
const every = (minutes: number, from: string, to: string): EmotionObservationRow[] => {
  const times: EmotionObservationRow[] = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += minutes * MINUTE)
    times.push(felt(new Date(at).toISOString()));
  return times;
};
const bucketsOf = (observations: EmotionObservationRow[], calendar: Partial<Calendar> = {}) => {
  const buckets = new CalendarBuckets({
    bucket: 'day',
    weekStart: 'monday',
    clock: undefined,
    userClock: fixedClock(0),
    ...calendar,
  });
  buckets.add(observations);
  return buckets.items();
};
/** Each bucket as `startLocal start count`, without seconds. */
const lines = (...input: Parameters<typeof bucketsOf>) =>
  bucketsOf(...input).map(
    ({ start, startLocal, count }) => `${startLocal.slice(0, 16)} ${start.slice(0, 16)}Z ${count}`,
  );
const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);

describe('the calendar buckets', () => {
  it('sum counts by time and emotion, and are sorted by both', () => {
    const observations = [
      felt('2025-03-04T00:00:00Z', 'joy', 0.5),
      felt('2025-03-03T08:00:00Z', 'joy', 0.75),
      felt('2025-03-03T23:45:00Z', 'joy', 0.25),
      felt('2025-03-03T08:00:00Z', 'fear', 0.25),
    ];
    const of3March = { start: '2025-03-03T00:00:00.000Z', startLocal: '2025-03-03T00:00:00' };
    expect(bucketsOf(observations)).toEqual([
      { ...of3March, emotion: 'fear', count: 1, meanIntensity: 0.25 },
      { ...of3March, emotion: 'joy', count: 2, meanIntensity: 0.5 },
      {
        start: '2025-03-04T00:00:00.000Z',
        startLocal: '2025-03-04T00:00:00',
        emotion: 'joy',
        count: 1,
        meanIntensity: 0.5,
      },
    ]);
  });

  it('keep emotions apart whose names contain blanks and digits', () => {
    expect(bucketsOf([felt('1970-01-01T00:00:00Z', '0 joy'), felt('1970-01-01T00:00:00Z')])).toHaveLength(2);
  });

  it('are empty without observations', () => {
    expect(bucketsOf([])).toEqual([]);
  });
});

describe('buckets in the recorded local time', () => {
  const observations = [felt('2026-07-01T00:30:00+02:00'), felt('2026-12-01T00:30:00+01:00')];

  it.each([
    ['Berlin', clockOf('Europe/Berlin'), '2026-06-30T22:00Z', '2026-11-30T23:00Z'],
    ['an offset that was the right one in winter', fixedClock(60), '2026-06-30T23:00Z', '2026-11-30T23:00Z'],
    ['New York, after a move', clockOf('America/New_York'), '2026-07-01T04:00Z', '2026-12-01T05:00Z'],
  ])('stay on their days, whatever the clock of the user is now: %s', (_, userClock, summer, winter) => {
    for (const bucket of ['day', 'month'] as const) {
      expect(lines(observations, { userClock, bucket })).toEqual([
        `2026-07-01T00:00 ${summer} 1`,
        `2026-12-01T00:00 ${winter} 1`,
      ]);
    }
  });

  it('put two instants on one day that were one local day in different places', () => {
    expect(
      lines([felt('2026-03-02T09:00:00+09:00'), felt('2026-03-02T23:00:00-08:00')], {
        userClock: clockOf('Asia/Tokyo'),
      }),
    ).toEqual(['2026-03-02T00:00 2026-03-01T15:00Z 2']);
  });

  it('of a user with a time zone are those of that zone', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/St_Johns');
    const instants = fc.array(fc.integer({ min: Date.UTC(2009, 0), max: Date.UTC(2030, 0) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(zones, instants, fc.constantFrom(...BUCKETS), (zone, times, bucket) => {
        const clock = clockOf(zone);
        const recorded = times.map((at) => ({
          ...felt(new Date(at).toISOString()),
          utcOffset: clock.offsetAt(at) / MINUTE,
        }));
        const own = bucketsOf(recorded, { bucket, userClock: clock });
        expect(own).toEqual(bucketsOf(recorded, { bucket, clock }));
      }),
    );
  });
});

describe('buckets in the calendar of another clock', () => {
  it('are exact at offsets that are no multiple of a quarter of an hour', () => {
    const observations = [felt('2026-03-01T23:52:59.999Z'), felt('2026-03-01T23:53:00Z')];
    expect(lines(observations, { clock: fixedClock(7) })).toEqual([
      '2026-03-01T00:00 2026-02-28T23:53Z 1',
      '2026-03-02T00:00 2026-03-01T23:53Z 1',
    ]);
  });

  it('have 23 hours on the day when clocks are set forward', () => {
    const day = every(30, '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z');
    const calendar = { clock: clockOf('Europe/Berlin') };
    expect(lines(day, calendar)).toEqual(['2026-03-29T00:00 2026-03-28T23:00Z 46']);
    const hours = lines(day, { ...calendar, bucket: 'hour' });
    expect(hours).toHaveLength(23);
    expect(hours.slice(1, 3)).toEqual([
      '2026-03-29T01:00 2026-03-29T00:00Z 2',
      '2026-03-29T03:00 2026-03-29T01:00Z 2',
    ]);
  });

  it('have 25 hours on the day when clocks are set back', () => {
    const day = every(30, '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z');
    const calendar = { clock: clockOf('Europe/Berlin') };
    expect(lines(day, calendar)).toEqual(['2026-10-25T00:00 2026-10-24T22:00Z 50']);
    const hours = lines(day, { ...calendar, bucket: 'hour' });
    expect(hours).toHaveLength(25);
    expect(hours.slice(2, 4)).toEqual([
      '2026-10-25T02:00 2026-10-25T00:00Z 2',
      '2026-10-25T02:00 2026-10-25T01:00Z 2',
    ]);
  });

  it('start at the end of the gap when there is no midnight', () => {
    expect(
      lines(every(60, '2018-11-04T02:00:00Z', '2018-11-04T05:00:00Z'), {
        clock: clockOf('America/Sao_Paulo'),
      }),
    ).toEqual(['2018-11-03T00:00 2018-11-03T03:00Z 1', '2018-11-04T00:00 2018-11-04T03:00Z 2']);
    expect(
      lines(every(60, '2014-05-15T20:00:00Z', '2014-05-15T23:00:00Z'), { clock: clockOf('Africa/Cairo') }),
    ).toEqual(['2014-05-15T00:00 2014-05-14T22:00Z 2', '2014-05-16T00:00 2014-05-15T22:00Z 1']);
  });

  it('have no 30 December 2011 in Samoa', () => {
    const observations = every(60, '2011-12-30T08:00:00Z', '2011-12-30T12:00:00Z');
    const calendar = { clock: clockOf('Pacific/Apia') };
    expect(lines(observations, calendar)).toEqual([
      '2011-12-29T00:00 2011-12-29T10:00Z 2',
      '2011-12-31T00:00 2011-12-30T10:00Z 2',
    ]);
    expect(lines(observations, { ...calendar, bucket: 'week', weekStart: 'saturday' })).toEqual([
      '2011-12-24T00:00 2011-12-24T10:00Z 2',
      '2011-12-31T00:00 2011-12-30T10:00Z 2',
    ]);
  });

  it('lose no observation and no intensity, and start when their local time is shown', () => {
    const observation = fc.record({
      userId: fc.constant('user-1'),
      occurredAt: fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2035, 0) }),
      position: fc.nat(),
      utcOffset: fc.integer({ min: -1_439, max: 1_439 }),
      emotion: fc.constantFrom('joy', 'fear'),
      intensity: fc.constantFrom(0.25, 0.5, 1),
    });
    const clocks = fc.oneof(
      fc.constantFrom('Europe/Berlin', 'America/Sao_Paulo', 'Pacific/Apia').map(clockOf),
      fc.integer({ min: -720, max: 840 }).map(fixedClock),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(
        fc.array(observation, { maxLength: 20, size: 'max' }),
        fc.constantFrom(...BUCKETS),
        clocks,
        (observations, bucket, clock) => {
          const items = bucketsOf(observations, { bucket, clock });
          expect(total(items.map(({ count }) => count))).toBe(observations.length);
          expect(total(items.map(({ count, meanIntensity }) => count * meanIntensity))).toBeCloseTo(
            total(observations.map(({ intensity }) => intensity)),
            8,
          );
          const places = items.map(({ start, startLocal, emotion }) => `${start} ${startLocal} ${emotion}`);
          expect(new Set(places).size).toBe(places.length);
          const shown = clock ?? fixedClock(0);
          for (const { start, startLocal } of items) {
            const at = Date.parse(start);
            const late = at + shown.offsetAt(at) - Date.parse(`${startLocal}Z`);
            expect([0, 60 * MINUTE]).toContain(late);
          }
        },
      ),
    );
  });
});
