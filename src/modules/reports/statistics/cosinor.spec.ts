import { cosinor } from './cosinor.js';

const daily = (hour: number) => 0.1 + 0.3 * Math.cos((2 * Math.PI * (hour - 15)) / 24);

describe('a cosinor', () => {
  it('finds the rhythm of a full day, with the F test that NumPy and SciPy compute', () => {
    // numpy.linalg.lstsq on [1, cos, sin]; scipy.stats.f.sf(F, 2, 21) = 1.55e-16.
    const noise = [0.05, -0.05, 0.02, -0.02];
    const fitted = cosinor(
      Array.from({ length: 24 }, (_, hour) => [hour, daily(hour) + (noise[hour % 4] ?? 0)]),
    );
    expect(fitted?.mesor).toBeCloseTo(0.1, 14);
    expect(fitted?.amplitude).toBeCloseTo(0.3, 14);
    expect(fitted?.peakHour).toBeCloseTo(15, 12);
    expect(fitted?.f).toBeCloseTo(325.86206896551715, 8);
    expect((fitted?.p ?? 0) / 1.5524369859123063e-16).toBeCloseTo(1, 6);
  });

  it('fits hours at unequal distances', () => {
    // The same computation; scipy.stats.f.sf(F, 2, 3).
    const fitted = cosinor([
      [0, 0.1],
      [3, -0.2],
      [7, 0.3],
      [8, 0.25],
      [12, 0.6],
      [20, 0.1],
    ]);
    expect(fitted?.mesor).toBeCloseTo(0.24679606146173122, 13);
    expect(fitted?.amplitude).toBeCloseTo(0.3369724668158483, 13);
    expect(fitted?.peakHour).toBeCloseTo(13.301520331613402, 12);
    expect(fitted?.f).toBeCloseTo(6.286675040851692, 10);
    expect(fitted?.p).toBeCloseTo(0.08454906561648162, 12);
  });

  it('has no F for a perfect fit', () => {
    const fitted = cosinor([0, 5, 9, 14, 20].map((hour) => [hour, daily(hour)]));
    expect(fitted).toMatchObject({ f: null, p: null });
    expect(fitted?.peakHour).toBeCloseTo(15, 10);
  });

  it.each([
    [
      'three hours',
      [
        [0, 1],
        [8, 2],
        [16, 3],
      ],
    ],
    [
      'equal values',
      [
        [0, 1],
        [6, 1],
        [12, 1],
        [18, 1],
      ],
    ],
    [
      'one hour, again and again',
      [
        [5, 1],
        [5, 2],
        [5, 3],
        [5, 4],
      ],
    ],
  ] as [string, [number, number][]][])('is null for %s', (_, points) => {
    expect(cosinor(points)).toBeNull();
  });
});
