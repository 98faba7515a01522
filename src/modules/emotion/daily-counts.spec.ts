import * as fc from 'fast-check';
import type { EmotionDayRow } from '../../projections/emotion-trend.projection.js';
import { dailyCounts } from './daily-counts.js';

const day = (
  number: number,
  emotion: string,
  ...quarters: [quarter: number, count: number][]
): EmotionDayRow => ({
  userId: 'user-1',
  day: number,
  emotion,
  quarters: quarters.map(([quarter, count]) => [quarter, count, count / 2]),
});

describe('the counts of consecutive days', () => {
  it('are empty without observations', () => {
    expect(dailyCounts([], 0)('joy')).toEqual([]);
  });

  it('run from the first to the last day of any emotion, with 0 between', () => {
    const days = [day(10, 'fear', [0, 1]), day(12, 'joy', [5, 2], [90, 1]), day(14, 'fear', [0, 1])];
    expect(dailyCounts(days, 0)('joy')).toEqual([0, 0, 3, 0, 0]);
    expect(dailyCounts(days, 0)('fear')).toEqual([1, 0, 0, 0, 1]);
    expect(dailyCounts(days, 0)('calm')).toEqual([0, 0, 0, 0, 0]);
  });

  it("follow the user's own days, which may start on another UTC day", () => {
    const days = [day(10, 'joy', [72, 1], [73, 2]), day(11, 'joy', [72, 4])];
    expect(dailyCounts(days, 345)('joy')).toEqual([1, 6]);
    expect(dailyCounts(days, -720)('joy')).toEqual([3, 4]);
    expect(dailyCounts([day(0, 'joy', [0, 1], [95, 1])], -60)('joy')).toEqual([1, 1]);
  });

  it('cover at most the 28 days up to the last one', () => {
    const days = Array.from({ length: 40 }, (_, i) => day(i, 'joy', [0, i]));
    expect(dailyCounts(days, 0)('joy')).toEqual(Array.from({ length: 28 }, (_, i) => i + 12));
  });

  it('lose no observation within the window', () => {
    const quarter = fc.tuple(fc.nat({ max: 95 }), fc.integer({ min: 1, max: 5 }));
    const offset = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15);
    const rows = fc.array(fc.tuple(fc.nat({ max: 25 }), fc.array(quarter, { minLength: 1, maxLength: 5 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(rows, offset, (drawn, utcOffset) => {
        const days = drawn.map(([number, quarters]) => day(number, 'joy', ...quarters));
        const counts = dailyCounts(days, utcOffset)('joy');
        const felt = drawn.flatMap(([, quarters]) => quarters.map(([, count]) => count));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
          felt.reduce((sum, count) => sum + count, 0),
        );
        expect(counts.at(0)).toBeGreaterThan(0);
        expect(counts.at(-1)).toBeGreaterThan(0);
      }),
    );
  });
});
