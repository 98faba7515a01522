import * as fc from 'fast-check';
import { CHANGE_PARTS, meanChange, sessionChange } from './mean-change.js';
import { Moments } from './moments.js';

function hundredths(values: readonly number[]): Moments {
  const moments = new Moments(100);
  for (const value of values) moments.add(value);
  return moments;
}

describe('the change within a session', () => {
  it.each([
    [[10, 30, -20, 60], { start: 0.2, end: 0.2, change: 0 }],
    [[10, 20, 99, 40, 60], { start: 0.15, end: 0.5, change: 0.35 }],
    [[10, 20, 30, 40, 50, 60], { start: 0.2, end: 0.5, change: 0.3 }],
    [[10, 20, 30, 99, 99, 40, 50, 60], { start: 0.2, end: 0.5, change: 0.3 }],
  ])('of %j compares at most three values at each end', (values, expected) => {
    expect(sessionChange(values, 100)).toMatchObject(expected);
  });

  it('needs four values', () => {
    expect(sessionChange([1, 2, 3], 100)).toBeNull();
  });

  it('is the other way round when the session is', () => {
    const session = fc.array(fc.integer({ min: -1e8, max: 1e8 }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(session, (values) => {
        const forth = sessionChange(values, 1e8);
        const back = sessionChange(values.toReversed(), 1e8);
        expect(back).toMatchObject({ start: forth?.end, end: forth?.start });
        expect((back?.change ?? NaN) + (forth?.change ?? NaN)).toBe(0);
        expect(Number.isInteger(forth?.parts)).toBe(true);
        expect((forth?.parts ?? NaN) / (CHANGE_PARTS * 1e8)).toBeCloseTo(forth?.change ?? NaN, 14);
      }),
    );
  });
});

describe('the mean of changes', () => {
  it('has the interval of a paired t test', () => {
    // scipy.stats.ttest_1samp([.2, -.1, .4, .15, .05], 0).confidence_interval(.95), SciPy 1.17.1.
    const { n, mean, low, high, dz } = meanChange(hundredths([20, -10, 40, 15, 5]));
    expect(n).toBe(5);
    expect(mean).toBeCloseTo(0.14, 15);
    expect(low).toBeCloseTo(-0.08979172056867274, 12);
    expect(high).toBeCloseTo(0.36979172056867277, 12);
    expect(dz).toBeCloseTo(0.756480517741619, 12);
  });

  it.each([
    [[], { n: 0, mean: null, low: null, high: null, dz: null }],
    [[50], { n: 1, mean: 0.5, low: null, high: null, dz: null }],
    [[50, 50], { n: 2, mean: 0.5, low: 0.5, high: 0.5, dz: null }],
  ])('of %j has what it can have', (changes, expected) => {
    expect(meanChange(hundredths(changes))).toEqual(expected);
  });
});
