import * as fc from 'fast-check';
import { boundMs, instantMs, isInstant, isStorableInstant } from './instants.js';

/** The milliseconds of a time with this fraction of a second, counted from its whole second. */
function withFraction(fraction: string): number[] {
  const text = `2026-01-02T03:04:05${fraction}Z`;
  return [instantMs(text), boundMs(text)].map((ms) => ms - Date.UTC(2026, 0, 2, 3, 4, 5));
}

describe('an instant', () => {
  it.each([
    '2026-03-01T18:30:00Z',
    '2026-03-01t18:30:00z',
    '2026-03-01T18:30Z',
    '2026-03-01T18:30:00.1Z',
    '2026-03-01T18:30:00.12345678901234567890Z',
    '2026-03-01T18:30:00+05:45',
    '2026-03-01T18:30:00-00:00',
    '2026-03-01T18:30:00-0330',
    '1969-12-31T23:59:59.999Z',
    '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2016-12-31T23:59:60Z',
    '1990-12-31T15:59:60-08:00',
    '2015-07-01T08:59:60.5+09:00',
  ])('may be %s', (text) => {
    expect(isInstant(text)).toBe(true);
  });

  it.each([
    ['has no zone', '2026-03-01T18:30:00'],
    ['has no time', '2026-03-01'],
    ['has no date', '18:30:00Z'],
    ['names a zone in words', '2026-03-01T18:30:00 CET'],
    ['has a blank for the T', '2026-03-01 18:30:00Z'],
    ['is surrounded by blanks', ' 2026-03-01T18:30:00Z'],
    ['ends with a line feed', '2026-03-01T18:30:00Z\n'],
    ['is in month 13', '2026-13-01T00:00:00Z'],
    ['is in month 0', '2026-00-01T00:00:00Z'],
    ['is on 30 February', '2026-02-30T00:00:00Z'],
    ['is on 29 February of a common year', '2026-02-29T00:00:00Z'],
    ['is on 29 February 1900', '1900-02-29T00:00:00Z'],
    ['is on 29 February 0099', '0099-02-29T00:00:00Z'],
    ['is on 31 April', '2026-04-31T00:00:00Z'],
    ['is on day 0', '2026-04-00T00:00:00Z'],
    ['is at 24 hours', '2026-03-01T24:00:00Z'],
    ['is at 60 minutes', '2026-03-01T18:60:00Z'],
    ['is at 61 seconds', '2016-12-31T23:59:61Z'],
    ['is a leap second in the middle of a month', '2016-12-30T23:59:60Z'],
    ['is a leap second at another hour', '2016-12-31T22:59:60Z'],
    ['is a leap second of a local month only', '2016-12-31T23:59:60+01:00'],
    ['has no decimals after the point', '2026-03-01T18:30:00.Z'],
    ['has an offset of 24 hours', '2026-03-01T18:30:00+24:00'],
    ['has a year of six digits', '+002026-03-01T18:30:00Z'],
    ['has no leading zeros', '2026-3-1T18:30:00Z'],
    ['is a count of milliseconds', '1772389800000'],
    ['is in the year 0', '0000-12-31T23:59:59Z'],
    ['is empty', ''],
  ])('is refused when it %s', (_, text) => {
    expect(isInstant(text)).toBe(false);
  });

  it.each([1_772_389_800_000, null, undefined, new Date(), ['2026-03-01T18:30:00Z']])(
    'is never %p',
    (value) => {
      expect(isInstant(value)).toBe(false);
    },
  );

  it('can be stored if it is of the years 1900 to 2999', () => {
    const storable = ['1900-01-01T00:00:00Z', '2999-12-31T23:59:59Z', '2016-12-31T23:59:60Z'];
    const others = ['1899-12-31T23:59:59Z', '3000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', 'yesterday'];
    expect(storable.filter(isStorableInstant)).toEqual(storable);
    expect(others.filter(isStorableInstant)).toEqual([]);
  });

  it('has the value that Date gives it, if Date knows it', () => {
    const dates = fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    const zones = fc.constantFrom('Z', '+05:45', '-03:30', '+14:00', '-00:00', '+23:59');
    fc.assert(
      fc.property(dates, zones, (date, zone) => {
        const text = date.toISOString().replace('Z', zone);
        expect(isInstant(text)).toBe(true);
        expect([instantMs(text), boundMs(text)]).toEqual([Date.parse(text), Date.parse(text)]);
      }),
    );
  });

  it('of part of a millisecond is stored as that millisecond, and bounds begin at the next', () => {
    expect(withFraction('')).toEqual([0, 0]);
    expect(withFraction('.5')).toEqual([500, 500]);
    expect(withFraction('.000')).toEqual([0, 0]);
    expect(withFraction('.000000')).toEqual([0, 0]);
    expect(withFraction('.0005')).toEqual([0, 1]);
    expect(withFraction('.00000000000000000001')).toEqual([0, 1]);
    expect(withFraction('.999999999')).toEqual([999, 1_000]);
  });

  it('in a leap second lies between the last millisecond of the month and the first of the next', () => {
    const next = Date.UTC(2017, 0);
    for (const text of ['2016-12-31T23:59:60Z', '2016-12-31T23:59:60.9Z', '2016-12-31T15:59:60-08:00'])
      expect([instantMs(text), boundMs(text)]).toEqual([next - 1, next]);
  });
});
