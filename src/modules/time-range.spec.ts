import { InvalidInput } from '../errors.js';
import { rangeFilters, timeRange } from './time-range.js';

const NOON = '2026-03-01T12:00:00Z';
const LATER = '2026-03-01T12:00:00.001Z';

describe('a range of time', () => {
  it('begins and ends at the first milliseconds that are not before its times', () => {
    expect(timeRange({})).toEqual({});
    expect(timeRange({ from: NOON, to: '2026-03-01T13:00:00.0005+01:00' })).toEqual({
      from: Date.parse(NOON),
      to: Date.parse(LATER),
    });
    expect(rangeFilters('at', { from: NOON, to: LATER })).toEqual([
      ['at', '>=', Date.parse(NOON)],
      ['at', '<', Date.parse(LATER)],
    ]);
    expect(rangeFilters('at', {})).toEqual([]);
  });

  it('may be empty, but is refused where it ends before it begins', () => {
    expect(timeRange({ from: NOON, to: NOON })).toEqual({ from: Date.parse(NOON), to: Date.parse(NOON) });
    expect(() => timeRange({ from: LATER, to: NOON })).toThrow(InvalidInput);
    expect(() => timeRange({ from: '2026-03-01T12:00:00+01:00', to: '2026-03-01T12:30:00+02:00' })).toThrow(
      'must not be after to',
    );
  });
});
