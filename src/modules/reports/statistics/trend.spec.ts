import { trend } from './trend.js';

/** x and y of NIST's data set Norris. */
const NORRIS: [number, number][] = [
  [0.2, 0.1],
  [337.4, 338.8],
  [118.2, 118.1],
  [884.6, 888],
  [10.1, 9.2],
  [226.5, 228.1],
  [666.3, 668.5],
  [996.3, 998.5],
  [448.6, 449.1],
  [777, 778.9],
  [558.2, 559.2],
  [0.4, 0.3],
  [0.6, 0.1],
  [775.5, 778.1],
  [666.9, 668.8],
  [338, 339.3],
  [447.5, 448.9],
  [11.6, 10.8],
  [556, 557.7],
  [228.1, 228.3],
  [995.8, 998],
  [887.6, 888.8],
  [120.2, 119.6],
  [0.3, 0.3],
  [0.3, 0.6],
  [556.8, 557.6],
  [339.1, 339.3],
  [887.2, 888],
  [999, 998.5],
  [779, 778.9],
  [11.1, 10.2],
  [118.3, 117.6],
  [229.2, 228.9],
  [669.1, 668.4],
  [448.9, 449.2],
  [0.5, 0.2],
];

describe('a trend', () => {
  it('has the slope and the interval that SciPy computes', () => {
    // scipy.stats.linregress: slope -/+ t.ppf(.975, 5) * stderr.
    const points = [0.1, 0.05, 0.2, 0.15, 0.3, 0.22, 0.35].map(
      (y, i) => [[0, 1, 2, 3, 4, 5, 7][i] ?? NaN, y] as const,
    );
    const fitted = trend(points);
    expect(fitted?.slope).toBeCloseTo(0.038565573770491794, 14);
    expect(fitted?.low).toBeCloseTo(0.0139910584023282, 13);
    expect(fitted?.high).toBeCloseTo(0.06314008913865539, 13);
  });

  it("has those of NIST's data set Norris", () => {
    // https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml: B1 and its certified standard deviation.
    const fitted = trend(NORRIS);
    expect(fitted?.slope).toBeCloseTo(1.00211681802045, 12);
    const margin = 2.032244509317719 * 0.429796848199937e-3; // t.ppf(.975, 34)
    expect((fitted?.high ?? 0) - (fitted?.slope ?? 0)).toBeCloseTo(margin, 10);
  });

  it('needs three points that are not at one place', () => {
    expect(trend([])).toBeNull();
    expect(
      trend([
        [0, 1],
        [1, 2],
      ]),
    ).toBeNull();
    expect(
      trend([
        [1, 1],
        [1, 2],
        [1, 3],
      ]),
    ).toBeNull();
    expect(
      trend([
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
    ).toEqual({ slope: 1, low: 1, high: 1 });
  });
});
