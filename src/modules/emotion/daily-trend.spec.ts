import * as fc from 'fast-check';
import { dailyTrend, emotionTrends, type DailyValue } from './daily-trend.js';

/** Values of consecutive days. */
const days = (values: readonly number[]) => values.map((value, day): DailyValue => [day, value]);

/** Rises slowly in a zigzag. */
const course = (length: number) => Array.from({ length }, (_, day) => day + (day % 2) * 12);

const stable = { direction: 'stable', slopePerDay: 0, confidence: 0 };

describe('the trend of daily values', () => {
  it.each([
    ['no day', []],
    ['one day', [5]],
    ['three days, however steep', [1, 10, 100]],
    ['equal counts', [3, 3, 3, 3, 3, 3]],
    ['days without observations', [0, 0, 0, 0]],
  ])('of %s is stable, with confidence 0', (_, counts) => {
    expect(dailyTrend(days(counts))).toEqual(stable);
  });

  it('of steady growth is increasing by the daily gain, with near certainty', () => {
    const trend = dailyTrend(days([1, 3, 5, 7, 9, 11, 13]));
    expect(trend.direction).toBe('increasing');
    expect(trend.slopePerDay).toBeCloseTo(2, 12);
    expect(trend.confidence).toBeGreaterThan(0.99);
    expect(trend.confidence).toBeLessThanOrEqual(1);
  });

  it('of steady decline is decreasing by the daily loss', () => {
    expect(dailyTrend(days([12, 9, 6, 3, 0]))).toMatchObject({ direction: 'decreasing', slopePerDay: -3 });
  });

  it('has the least-squares slope', () => {
    // Days 0..4 with counts 2, 1, 4, 3, 5: sum((x - 2)(y - 3)) / sum((x - 2)^2) = 8 / 10.
    expect(dailyTrend(days([2, 1, 4, 3, 5])).slopePerDay).toBeCloseTo(0.8, 12);
  });

  it("has a confidence of 1 - p of the correlation, by Fisher's z", () => {
    // r = 0.8, z = atanh(0.8) * sqrt(5 - 3) = 1.5536, P(|Z| < 1.5536) = 0.8797.
    expect(dailyTrend(days([2, 1, 4, 3, 5])).confidence).toBeCloseTo(0.8797, 2);
  });

  it('is stable when the slope is likely to be chance, and reports slope and confidence', () => {
    const trend = dailyTrend(days([2, 1, 4, 3, 5]));
    expect(trend.direction).toBe('stable');
    expect(trend.slopePerDay).not.toBe(0);
    expect(trend.confidence).toBeLessThan(0.9);
  });

  it('has a higher confidence when the same course lasts longer', () => {
    expect(dailyTrend(days(course(8))).direction).toBe('stable');
    expect(dailyTrend(days(course(20))).direction).toBe('increasing');
    expect(dailyTrend(days(course(20))).confidence).toBeGreaterThan(dailyTrend(days(course(8))).confidence);
  });

  it('changes its sign when the days are reversed, and keeps its confidence between 0 and 1', () => {
    const counts = fc.array(fc.nat({ max: 1_000 }), { maxLength: 28, size: 'max' });
    fc.assert(
      fc.property(counts, (drawn) => {
        const trend = dailyTrend(days(drawn));
        const backwards = dailyTrend(days(drawn.toReversed()));
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

describe('the trends of an emotion', () => {
  const rising = days([1, 2, 3, 4, 5, 6]);
  const falling = days([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]);
  const flat = days([1, 1, 1, 1, 1, 1]);

  it('are of the counts while these change, and of the intensities beside', () => {
    expect(emotionTrends(rising, falling)).toMatchObject({
      trend: { measure: 'count', direction: 'increasing' },
      intensityTrend: { measure: 'intensity', direction: 'decreasing' },
    });
  });

  it('are both of the intensities when the emotion is felt as often as before', () => {
    const { trend, intensityTrend } = emotionTrends(flat, falling);
    expect(trend).toEqual(intensityTrend);
    expect(trend).toMatchObject({ measure: 'intensity', direction: 'decreasing' });
    expect(trend.slopePerDay).toBeCloseTo(-0.1, 12);
  });

  it('are stable when both are', () => {
    expect(emotionTrends(flat, flat)).toEqual({
      trend: { measure: 'count', ...stable },
      intensityTrend: { measure: 'intensity', ...stable },
    });
  });

  it('go by the day, not by the number of the value', () => {
    const sparse: DailyValue[] = [
      [0, 0.1],
      [1, 0.2],
      [2, 0.3],
      [20, 0.31],
    ];
    expect(dailyTrend(sparse).slopePerDay).toBeLessThan(0.02);
  });
});
