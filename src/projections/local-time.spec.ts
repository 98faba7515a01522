import * as fc from 'fast-check';
import { localDay, localHour, quarterOfDay, quarterStart } from './local-time.js';

const at = (time: string) => Date.parse(time);

describe('the local day of a user', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0, 0],
    ['1970-01-01T00:00:00Z', -1, -1],
    ['1969-12-31T23:59:59.999Z', 0, -1],
    ['1970-01-01T18:30:00Z', 330, 1],
    ['1970-01-02T03:29:59.999Z', -210, 0],
    ['1970-01-02T03:30:00Z', -210, 1],
    ['2024-02-29T12:00:00Z', 0, 19_782],
  ])('at %s, %i minutes east of UTC, is day %i since 1970-01-01', (time, utcOffset, day) => {
    expect(localDay(at(time), utcOffset)).toBe(day);
  });
});

describe('the local hour of a user', () => {
  it('is the hour of a clock set to the offset, in any year', () => {
    const instant = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2200, 0) });
    fc.assert(
      fc.property(instant, fc.integer({ min: -720, max: 840 }), (time, utcOffset) => {
        const clock = new Date(time + utcOffset * 60_000);
        expect(localHour(time, utcOffset)).toBe(clock.getUTCHours());
        const midnight = Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth(), clock.getUTCDate());
        expect(localDay(time, utcOffset)).toBe(midnight / 86_400_000);
      }),
    );
  });
});

describe('the quarter of an hour', () => {
  it.each([
    ['1970-01-01T00:00:00.000Z', 0],
    ['2025-03-03T08:14:59.999Z', 32],
    ['2025-03-03T08:15:00.000Z', 33],
    ['2025-03-03T23:59:59.999Z', 95],
    ['1969-12-31T23:59:59.999Z', 95],
    ['1969-12-31T00:00:00.000Z', 0],
  ])('of %s is number %i of its UTC day', (time, quarter) => {
    expect(quarterOfDay(at(time))).toBe(quarter);
  });

  it('starts at the instant rounded down to 15 minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2200, 0) }), (time) => {
        const start = quarterStart(localDay(time, 0), quarterOfDay(time));
        expect(start).toBe(Math.floor(time / 900_000) * 900_000);
      }),
    );
  });
});
