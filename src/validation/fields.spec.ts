import { isInstant, isSmallJson } from './fields.js';

describe('an instant', () => {
  it.each([
    '2026-03-01T18:30:00Z',
    '2026-03-01T18:30Z',
    '2026-03-01T18:30:00.1Z',
    '2026-03-01T18:30:00.123456789Z',
    '2026-03-01T18:30:00+05:45',
    '2026-03-01T18:30:00-0330',
    '1969-12-31T23:59:59.999Z',
    '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
    '1900-01-01T00:00:00Z',
    '2999-12-31T23:59:59Z',
  ])('may be %s', (text) => {
    expect(isInstant(text)).toBe(true);
  });

  it.each([
    ['has no zone', '2026-03-01T18:30:00'],
    ['has no time', '2026-03-01'],
    ['has no date', '18:30:00Z'],
    ['names a zone in words', '2026-03-01T18:30:00 CET'],
    ['is in lower case', '2026-03-01t18:30:00z'],
    ['has a blank for the T', '2026-03-01 18:30:00Z'],
    ['is surrounded by blanks', ' 2026-03-01T18:30:00Z'],
    ['ends with a line feed', '2026-03-01T18:30:00Z\n'],
    ['is in month 13', '2026-13-01T00:00:00Z'],
    ['is on 30 February', '2026-02-30T00:00:00Z'],
    ['is on 29 February of a common year', '2026-02-29T00:00:00Z'],
    ['is on 29 February 1900', '1900-02-29T00:00:00Z'],
    ['is on 31 April', '2026-04-31T00:00:00Z'],
    ['is on day 0', '2026-04-00T00:00:00Z'],
    ['is at 24 hours', '2026-03-01T24:00:00Z'],
    ['is at 60 minutes', '2026-03-01T18:60:00Z'],
    ['is a leap second', '2016-12-31T23:59:60Z'],
    ['has ten decimals', '2026-03-01T18:30:00.1234567890Z'],
    ['has no decimals after the point', '2026-03-01T18:30:00.Z'],
    ['has an offset of 24 hours', '2026-03-01T18:30:00+24:00'],
    ['has a year of six digits', '+002026-03-01T18:30:00Z'],
    ['has no leading zeros', '2026-3-1T18:30:00Z'],
    ['is a count of milliseconds', '1772389800000'],
    ['is before 1900', '1899-12-31T23:59:59Z'],
    ['is after 2999', '3000-01-01T00:00:00Z'],
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
});

describe('a small JSON object', () => {
  it('has at most the given number of UTF-8 bytes', () => {
    expect(isSmallJson({}, 2)).toBe(true);
    expect(isSmallJson({}, 1)).toBe(false);
    expect(isSmallJson({ a: 'é' }, 10)).toBe(true);
    expect(isSmallJson({ a: 'é' }, 9)).toBe(false);
    expect(isSmallJson({ a: '😀' }, 12)).toBe(true);
    expect(isSmallJson({ a: '😀' }, 11)).toBe(false);
  });

  it.each([null, undefined, [], [{}], 'text', 7, true])('is never %j', (value) => {
    expect(isSmallJson(value, 100)).toBe(false);
  });
});
