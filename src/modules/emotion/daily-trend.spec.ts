import * as fc from 'fast-check';
import { dailyTrend } from './daily-trend.js';

/** Rises slowly in a zigzag. */
const course = (days: number) => Array.from({ length: days }, (_, day) => day + (day % 2) * 12);

const stable = { direction: 'stable', slopePerDay: 0, confidence: 0 };

describe('the trend of daily counts', () => {
  it.each([
    ['no day', []],
    ['one day', [5]],
    ['three days, however steep', [1, 10, 100]],
    ['equal counts', [3, 3, 3, 3, 3, 3]],
    ['days without observations', [0, 0, 0, 0]],
  ])('of %s is stable, with confidence 0', (_, counts) => {
    expect(dailyTrend(counts)).toEqual(stable);
  });

  it('of steady growth is increasing by the daily gain, with near certainty', () => {
    const trend = dailyTrend([1, 3, 5, 7, 9, 11, 13]);
    expect(trend.direction).toBe('increasing');
    expect(trend.slopePerDay).toBeCloseTo(2, 12);
    expect(trend.confidence).toBeGreaterThan(0.99);
    expect(trend.confidence).toBeLessThanOrEqual(1);
  });

  it('of steady decline is decreasing by the daily loss', () => {
    expect(dailyTrend([12, 9, 6, 3, 0])).toMatchObject({ direction: 'decreasing', slopePerDay: -3 });
  });

  it('has the least-squares slope', () => {
    // Days 0..4 with counts 2, 1, 4, 3, 5: sum((x - 2)(y - 3)) / sum((x - 2)^2) = 8 / 10.
    expect(dailyTrend([2, 1, 4, 3, 5]).slopePerDay).toBeCloseTo(0.8, 12);
  });

  it("has a confidence of 1 - p of the correlation, by Fisher's z", () => {
    // r = 0.8, z = atanh(0.8) * sqrt(5 - 3) = 1.5536, P(|Z| < 1.5536) = 0.8797.
    expect(dailyTrend([2, 1, 4, 3, 5]).confidence).toBeCloseTo(0.8797, 2);
  });

  it('is stable when the slope is likely to be chance, and reports slope and confidence', () => {
    const trend = dailyTrend([2, 1, 4, 3, 5]);
    expect(trend.direction).toBe('stable');
    expect(trend.slopePerDay).not.toBe(0);
    expect(trend.confidence).toBeLessThan(0.9);
  });

  it('has a higher confidence when the same course lasts longer', () => {
    expect(dailyTrend(course(8)).direction).toBe('stable');
    expect(dailyTrend(course(20)).direction).toBe('increasing');
    expect(dailyTrend(course(20)).confidence).toBeGreaterThan(dailyTrend(course(8)).confidence);
  });

  it('changes its sign when the days are reversed, and keeps its confidence between 0 and 1', () => {
    const counts = fc.array(fc.nat({ max: 1_000 }), { maxLength: 28, size: 'max' });
    fc.assert(
      fc.property(counts, (drawn) => {
        const trend = dailyTrend(drawn);
        const backwards = dailyTrend(drawn.toReversed());
        expect(trend.confidence).toBeGreaterThanOrEqual(0);
        expect(trend.confidence).toBeLessThanOrEqual(1);
        expect(backwards.slopePerDay).toBeCloseTo(-trend.slopePerDay, 8);
        expect(backwards.confidence).toBeCloseTo(trend.confidence, 8);
        const certain = trend.confidence >= 0.9;
        const sloping = trend.slopePerDay > 0 ? 'increasing' : 'decreasing';
        expect(trend.direction).toBe(certain ? sloping : 'stable');
      }),
    );
  });
});
