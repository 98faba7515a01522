import * as fc from 'fast-check';
import { sampleStandardDeviation } from 'simple-statistics';
import { Moments } from './moments.js';

function momentsOf(values: readonly number[], scale: number): Moments {
  const moments = new Moments(scale);
  for (const value of values) moments.add(value);
  return moments;
}

describe('moments', () => {
  it('are those that NumPy computes', () => {
    // numpy.mean, numpy.std(ddof=1), NumPy 2 on the same values divided by 100.
    const moments = momentsOf([76, -31, 41, -64, 20, 0, 55, -12, 81, 33, -7, 48], 100);
    expect(moments.mean()).toBe(0.2);
    expect(moments.sd()).toBeCloseTo(0.43989668208465826, 15);
    expect([moments.min(), moments.max(), moments.n]).toEqual([-0.64, 0.81, 12]);
    expect(moments.positiveShare()).toBeCloseTo(7 / 12, 15);
  });

  it('are null without enough values', () => {
    const none = new Moments(1);
    expect([none.mean(), none.sd(), none.min(), none.max(), none.positiveShare()]).toEqual(
      Array(5).fill(null),
    );
    expect(momentsOf([5], 1).sd()).toBeNull();
    expect(momentsOf([5, 5], 1).sd()).toBe(0);
  });

  it('do not depend on the order, and lose no digit to values that are far from 0', () => {
    const values = fc.array(fc.integer({ min: 99_990_000, max: 1e8 }), {
      minLength: 2,
      maxLength: 300,
      size: 'max',
    });
    fc.assert(
      fc.property(values, (drawn) => {
        const forth = momentsOf(drawn, 1e8);
        const back = momentsOf(drawn.toReversed(), 1e8);
        expect([back.mean(), back.sd()]).toEqual([forth.mean(), forth.sd()]);
        const near = drawn.map((value) => value - 99_990_000);
        const sd = forth.sd() ?? NaN;
        expect(Math.abs(sd * 1e8 - sampleStandardDeviation(near))).toBeLessThan(1e-9 * (1 + sd * 1e8));
      }),
    );
  });
});
