import { tQuantile } from './student-t.js';

/** qt(p, df) of R; computed to all digits with scipy.stats.t.ppf of SciPy 1.17.1. */
const QUANTILES = [
  [0.9, 1, 3.0776835371752544],
  [0.9, 2, 1.8856180831641272],
  [0.9, 5, 1.4758840488244815],
  [0.9, 30, 1.3104150253913955],
  [0.95, 1, 6.313751514675037],
  [0.95, 3, 2.3533634348018233],
  [0.95, 8, 1.8595480375308973],
  [0.95, 100, 1.6602343260853392],
  [0.975, 1, 12.706204736174694],
  [0.975, 2, 4.302652729749462],
  [0.975, 3, 3.1824463052837078],
  [0.975, 4, 2.7764451051977934],
  [0.975, 5, 2.5705818356363146],
  [0.975, 8, 2.306004135204166],
  [0.975, 10, 2.228138851986274],
  [0.975, 30, 2.0422724563012378],
  [0.975, 100, 1.9839715185235518],
  [0.975, 1_000, 1.9623390808264083],
  [0.975, 100_000, 1.9599877075346095],
  [0.995, 1, 63.656741162871526],
  [0.995, 2, 9.924843200918287],
  [0.995, 10, 3.16927267261695],
  [0.995, 1_000, 2.580754698065951],
] as const;

describe("the quantile of Student's distribution", () => {
  it.each(QUANTILES)('for %d with %d degrees of freedom is %d', (p, df, expected) => {
    expect(Math.abs(tQuantile(p, df) / expected - 1)).toBeLessThan(1e-12);
  });

  it('is that of the Cauchy distribution with one degree of freedom', () => {
    for (const p of [0.5, 0.6, 0.75, 0.999]) {
      expect(tQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 9);
    }
  });

  it('has a closed form with two degrees of freedom', () => {
    for (const p of [0.01, 0.25, 0.6, 0.999]) {
      expect(tQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 10);
    }
  });

  it('is symmetric around 0', () => {
    for (const df of [1, 4, 33]) expect(tQuantile(0.025, df)).toBeCloseTo(-tQuantile(0.975, df), 12);
    expect(tQuantile(0.5, 7)).toBeCloseTo(0, 12);
  });
});
