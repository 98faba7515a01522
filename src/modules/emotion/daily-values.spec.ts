import * as fc from 'fast-check';
import type { EmotionObservationRow } from '../../projections/emotion-trend.projection.js';
import { DailyValues } from './daily-values.js';

const HOUR = 3_600_000;

/** An observation at an hour of a day since 1970-01-01, both UTC. */
const felt = (day: number, emotion: string, hour = 0, utcOffset = 0): EmotionObservationRow => {
  const occurredAt = (day * 24 + hour) * HOUR;
  return { userId: 'user-1', occurredAt, position: 1, utcOffset, emotion, intensity: 0.5 };
};
const valuesOf = (observations: EmotionObservationRow[]) => {
  const values = new DailyValues();
  values.add(observations);
  return values;
};
const countsOf = (observations: EmotionObservationRow[], emotion = 'joy') => {
  const counts = valuesOf(observations).counts(emotion);
  expect(counts.map(([day]) => day)).toEqual(counts.map((_, i) => i));
  return counts.map(([, count]) => count);
};

describe('the counts of consecutive days', () => {
  it('are empty without observations', () => {
    expect(countsOf([])).toEqual([]);
  });

  it('run from the first to the last day of any emotion, with 0 between', () => {
    const observations = [
      felt(10, 'fear'),
      felt(12, 'joy'),
      felt(12, 'joy', 5),
      felt(12, 'joy', 23),
      felt(14, 'fear'),
    ];
    expect(countsOf(observations)).toEqual([0, 0, 3, 0, 0]);
    expect(countsOf(observations, 'fear')).toEqual([1, 0, 0, 0, 1]);
    expect(countsOf(observations, 'calm')).toEqual([0, 0, 0, 0, 0]);
  });

  it('follow the recorded local time of each observation', () => {
    expect(countsOf([felt(10, 'joy', 18, 345), felt(10, 'joy', 19, 345), felt(11, 'joy', 18, 345)])).toEqual([
      1, 2,
    ]);
    expect(countsOf([felt(10, 'joy', 23, 60), felt(12, 'joy', 1, -120)])).toEqual([2]);
  });

  it('cover at most the 28 days up to the last one', () => {
    const days = Array.from({ length: 40 }, (_, day) => Array.from({ length: day }, () => felt(day, 'joy')));
    expect(countsOf(days.flat())).toEqual(Array.from({ length: 28 }, (_, i) => i + 12));
  });

  it('lose no observation within the window', () => {
    const observation = fc.tuple(
      fc.nat({ max: 23 }),
      fc.nat({ max: 23 }),
      fc.integer({ min: -720, max: 840 }),
    );
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1 }), (drawn) => {
        const counts = countsOf(drawn.map(([day, hour, utcOffset]) => felt(day, 'joy', hour, utcOffset)));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(drawn.length);
        expect(counts.at(0)).toBeGreaterThan(0);
        expect(counts.at(-1)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the mean intensities of consecutive days', () => {
  it('leave out days without the emotion, and number the others as the counts do', () => {
    const observations = [
      felt(10, 'fear'),
      { ...felt(11, 'joy', 1), intensity: 0.2 },
      { ...felt(11, 'joy', 2), intensity: 0.4 },
      { ...felt(14, 'joy'), intensity: 1 },
    ];
    expect(valuesOf(observations).intensities('joy')).toEqual([
      [1, 0.3],
      [4, 1],
    ]);
    expect(valuesOf(observations).intensities('calm')).toEqual([]);
  });

  it('are equal when the intensities are, however many there are', () => {
    const intensities = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        intensities,
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 9 }),
        (intensity, counts) => {
          const drawn = counts.flatMap((count, day) =>
            Array.from({ length: count }, () => ({ ...felt(day, 'joy'), intensity })),
          );
          expect(
            new Set(
              valuesOf(drawn)
                .intensities('joy')
                .map(([, mean]) => mean),
            ).size,
          ).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
