import * as fc from 'fast-check';
import { changePoints, cutPenalty } from './change-points.js';

/** Cost of the segments between cuts, from the definition. */
function costOf(values: readonly number[], cuts: readonly number[], penalty: number): number {
  const bounds = [0, ...cuts, values.length];
  const segments = bounds.slice(1).map((end, i) => values.slice(bounds[i], end));
  const costs = segments.map((segment) => {
    const mean = segment.reduce((sum, value) => sum + value, 0) / segment.length;
    return segment.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  return costs.reduce((sum, cost) => sum + cost, penalty * cuts.length);
}

/** Every way to cut n values into segments of at least 2. */
function partitions(n: number, from = 0): number[][] {
  if (n - from < 2) return [];
  const all: number[][] = [[]];
  for (let cut = from + 2; cut <= n - 2; cut += 1) {
    all.push(...partitions(n, cut).map((rest) => [cut, ...rest]));
  }
  return all;
}

const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 13, size: 'max' });

/** Repeatable noise in -0.05..0.05. */
const noise = (i: number) => ((i * 7_919) % 101) / 1_010 - 0.05;

describe('change points', () => {
  it('are those of the best of all partitions', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 20_000 }), (drawn, penalty) => {
        const least = Math.min(...partitions(drawn.length).map((cuts) => costOf(drawn, cuts, penalty)));
        const cuts = changePoints(drawn, penalty);
        expect(costOf(drawn, cuts, penalty)).toBeCloseTo(least, 6);
        for (const [i, cut] of cuts.entries()) expect(cut - (cuts[i - 1] ?? 0)).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  it('are found where the mean steps, and only there', () => {
    const steps = Array.from({ length: 60 }, (_, i) => noise(i) + (i < 20 ? 0.2 : 0) - (i >= 45 ? 0.6 : 0));
    expect(changePoints(steps)).toEqual([20, 45]);
  });

  it.each([
    ['no value', []],
    ['one value', [0.3]],
    ['equal values', Array.from({ length: 20 }, () => 0.1 + 0.2)],
    ['noise around one mean', Array.from({ length: 60 }, (_, i) => noise(i))],
  ])('are none in %s', (_, course) => {
    expect(changePoints(course)).toEqual([]);
  });

  it('are found without noise as well', () => {
    expect(changePoints([0, 0, 0, 0, 1, 1, 1, 1])).toEqual([4]);
  });
});

describe('the penalty of a cut', () => {
  it('is 2 s^2 ln n, with the noise from the median of the differences', () => {
    // Differences 1, 2, 3, 4, 100: median 3, distances 2, 1, 0, 1, 97: median 1.
    const penalty = cutPenalty([0, 1, 3, 6, 10, 110]);
    expect(penalty).toBeCloseTo(2 * (1.4826 / Math.SQRT2) ** 2 * Math.log(6), 12);
  });

  it('takes the root mean square of the differences when most are equal', () => {
    expect(cutPenalty([0, 0, 0, 0, 1])).toBeCloseTo(
      2 * (Math.sqrt(1 / 4) / Math.SQRT2) ** 2 * Math.log(5),
      12,
    );
  });
});
