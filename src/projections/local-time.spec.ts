import * as fc from 'fast-check';
import { localDay, localHour } from './local-time.js';

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
