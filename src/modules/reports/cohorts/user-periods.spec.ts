import * as fc from 'fast-check';
import { periodOf, periodStart, type PeriodLength } from './user-periods.js';

const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const dateOf = (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10);

describe('the periods of a user', () => {
  it.each([
    ['2026-05-06', 'day', 3, '2026-05-09'],
    ['2026-05-06', 'week', 2, '2026-05-20'],
    ['2026-01-31', 'month', 0, '2026-01-31'],
    ['2026-01-31', 'month', 1, '2026-02-28'],
    ['2026-01-31', 'month', 2, '2026-03-31'],
    ['2024-02-29', 'month', 12, '2025-02-28'],
    ['2026-11-30', 'month', 3, '2027-02-28'],
  ] as const)('of one who joined on %s: %s %d starts on %s', (first, period, k, start) => {
    expect(dateOf(periodStart(day(first), period, k))).toBe(start);
  });

  it('follow each other without a gap, and each day is in one', () => {
    const length = fc.constantFrom<PeriodLength>('day', 'week', 'month');
    const first = fc.integer({ min: day('1970-01-01'), max: day('2100-01-01') });
    fc.assert(
      fc.property(length, first, fc.nat({ max: 2_000 }), (period, joined, after) => {
        const k = periodOf(joined, period, joined + after);
        expect(periodStart(joined, period, k)).toBeLessThanOrEqual(joined + after);
        expect(periodStart(joined, period, k + 1)).toBeGreaterThan(joined + after);
        expect(periodOf(joined, period, joined - 1 - after)).toBeLessThan(0);
      }),
    );
  });
});
