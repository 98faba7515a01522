import * as fc from 'fast-check';
import { Instability } from './instability.js';

const HUNDREDTHS = [76, -31, 41, -64, 20, 0, 55, -12, 81, 33, -7, 48];

function instabilityOf(users: readonly (readonly (readonly number[])[])[], scale = 100): Instability {
  const instability = new Instability(scale);
  for (const series of users) instability.addUser(series);
  return instability;
}

/** Stands for null. */
const NONE = -99;

/** Both measures, in units of 1e-8, from their definitions, in floating point. */
function naive(users: readonly (readonly (readonly number[])[])[]) {
  let [changes, lagged, spread, pairs, freedom] = [0, 0, 0, 0, 0];
  for (const series of users) {
    const all = series.flat();
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    freedom += Math.max(0, all.length - 1);
    for (const value of all) spread += (value - mean) ** 2;
    for (const values of series) {
      for (let i = 1; i < values.length; i += 1) {
        const [before, value] = [values[i - 1] ?? NaN, values[i] ?? NaN];
        pairs += 1;
        changes += (value - before) ** 2;
        lagged += (value - mean) * (before - mean);
      }
    }
  }
  return {
    pairs,
    rmssd: pairs === 0 ? NONE : Math.sqrt(changes / pairs) / 1e8,
    inertia: pairs < 10 || spread === 0 ? NONE : lagged / pairs / (spread / freedom),
  };
}

describe('instability', () => {
  it('of one series has the RMSSD and r1 that NumPy computes', () => {
    // sqrt(mean(diff(x)^2)) and sum((x[1:]-m)(x[:-1]-m)) / sum((x-m)^2) on the same values.
    const instability = instabilityOf([[HUNDREDTHS]]);
    expect(instability.rmssd()).toBeCloseTo(0.7274238479356135, 14);
    expect(instability.inertia()).toBeCloseTo(-0.45931598233580767, 14);
    expect(instability.n).toBe(11);
  });

  it('makes no pair across series', () => {
    const instability = instabilityOf([[[0, 100], [-100], [50, 60, 50]]]);
    expect(instability.n).toBe(3);
    expect(instability.rmssd()).toBeCloseTo(Math.sqrt((100 ** 2 + 10 ** 2 + 10 ** 2) / 3) / 100, 14);
  });

  it('does not take the difference between users for inertia', () => {
    const zigzag = Array.from({ length: 20 }, (_, i) => (i % 2) * 2 - 1);
    const apart = [[zigzag.map((value) => value + 80)], [zigzag.map((value) => value - 80)]];
    expect(instabilityOf(apart).inertia()).toBeLessThan(-0.9);
  });

  it('is exact for the smallest differences', () => {
    const zigzag = Array.from({ length: 21 }, (_, i) => i % 2);
    const { inertia } = naive([[zigzag]]);
    expect(instabilityOf([[zigzag]], 1e8).inertia()).toBeCloseTo(inertia, 6);
  });

  it('has no inertia below 10 pairs, and none of values that never differ', () => {
    expect(instabilityOf([[HUNDREDTHS.slice(0, 10)]]).inertia()).toBeNull();
    expect(instabilityOf([[HUNDREDTHS.slice(0, 11)]]).inertia()).not.toBeNull();
    expect(instabilityOf([[Array.from({ length: 20 }, () => 7)]]).inertia()).toBeNull();
    expect(instabilityOf([[[1], [2]], []]).rmssd()).toBeNull();
  });

  it('is that of the definitions, whatever the order of users and series', () => {
    const series = fc.array(fc.integer({ min: -1e8, max: 1e8 }), { maxLength: 30, size: 'max' });
    const users = fc.array(fc.array(series, { maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(users, (drawn) => {
        const instability = instabilityOf(drawn, 1e8);
        const expected = naive(drawn);
        expect(instability.n).toBe(expected.pairs);
        expect(instability.rmssd() ?? NONE).toBeCloseTo(expected.rmssd, 11);
        expect(instability.inertia() ?? NONE).toBeCloseTo(expected.inertia, 9);
        const other = instabilityOf(
          drawn.toReversed().map((one) => one.toReversed()),
          1e8,
        );
        expect([other.rmssd(), other.inertia()]).toEqual([instability.rmssd(), instability.inertia()]);
      }),
    );
  });
});
