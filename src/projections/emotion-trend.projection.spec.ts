import * as fc from 'fast-check';
import { folded } from '../../test/support/folded.js';
import { observed, patternImported, type When } from '../../test/support/happened.js';
import { NOW, USER, type Happened } from '../../test/support/recorder.js';
import { DAY_MS, HOUR_MS } from '../durations.js';
import type { EmotionObserved } from '../events/emotion/emotion-observed.event.js';
import {
  emotionObservationsTable,
  emotionPatternsTable,
  emotionTrend,
  emotionTriggersTable,
  importedEmotionsTable,
  variance,
  type EmotionPatternRow,
} from './emotion-trend.projection.js';

const patternOf = (happened: Happened[], emotion = 'joy') =>
  folded(emotionTrend, happened).load(emotionPatternsTable, [USER, emotion]) as EmotionPatternRow;
const at = (time: string, utcOffset = 0): When => ({ occurredAt: Date.parse(time), utcOffset });
const hoursOf = (...happened: Happened[]) =>
  Object.fromEntries([...patternOf(happened).hours.entries()].filter(([, count]) => count > 0));

describe('the pattern of an emotion', () => {
  it('has a count and a mean of its own', () => {
    const happened = [
      observed({ emotion: 'joy', intensity: 0.85 }),
      observed({ emotion: 'joy', intensity: 0.9 }),
      observed({ emotion: 'sadness', intensity: 0.3 }),
    ];
    expect(patternOf(happened)).toMatchObject({ frequency: 2, meanIntensity: 0.875 });
    expect(variance(patternOf(happened))).toBeCloseTo(0.000625, 15);
    expect(patternOf(happened, 'sadness')).toMatchObject({ frequency: 1, meanIntensity: 0.3 });
    expect(variance(patternOf(happened, 'sadness'))).toBe(0);
  });

  it('is separate for each user', () => {
    const store = folded(emotionTrend, [observed(), observed({}, { userId: 'user-2' })]);
    expect(store.all(emotionPatternsTable).map(({ userId, frequency }) => [userId, frequency])).toEqual([
      [USER, 1],
      ['user-2', 1],
    ]);
  });

  it('has the same mean and population variance as a computation in two passes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200, size: 'max' }),
        (intensities) => {
          const pattern = patternOf(intensities.map((intensity) => observed({ intensity })));
          const mean = sum(intensities) / intensities.length;
          const spread = sum(intensities.map((x) => (x - mean) ** 2)) / intensities.length;
          expect(pattern.frequency).toBe(intensities.length);
          expect(pattern.meanIntensity).toBeCloseTo(mean, 12);
          expect(variance(pattern)).toBeCloseTo(spread, 12);
          expect(variance(pattern)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('is exact where a running sum of squares is not: for many strong, almost equal intensities', () => {
    const intensities = Array.from({ length: 2_000 }, (_, i) => 1 - (i % 2) * 1e-9);
    const pattern = patternOf(intensities.map((intensity) => observed({ intensity })));
    expect(variance(pattern) / 2.5e-19).toBeCloseTo(1, 3);
  });

  it('has the first and the last occurredAt, even when observations arrive late', () => {
    const happened = [NOW, NOW - DAY_MS, NOW + HOUR_MS, NOW - 2 * DAY_MS, NOW].map((occurredAt) =>
      observed({}, { occurredAt, recordedAt: NOW + DAY_MS }),
    );
    expect(patternOf(happened)).toMatchObject({ firstAt: NOW - 2 * DAY_MS, lastAt: NOW + HOUR_MS });
    const ahead = { occurredAt: NOW + HOUR_MS, recordedAt: NOW };
    expect(patternOf([observed({}, ahead)])).toMatchObject({ firstAt: NOW, lastAt: NOW });
  });
});

describe('the hours of an emotion', () => {
  it.each([
    ['2025-03-03T23:45:00Z', 0, 23],
    ['2025-03-03T23:45:00Z', 330, 5],
    ['2025-03-03T03:00:00Z', -480, 19],
    ['2025-03-03T03:29:59.999Z', -210, 23],
    ['2025-03-03T03:30:00Z', -210, 0],
    ['2025-03-03T18:15:00Z', 345, 0],
    ['1969-12-31T23:59:59.999Z', 0, 23],
    ['1969-12-31T23:59:59.999Z', 60, 0],
    ['1955-06-01T12:00:00Z', 840, 2],
  ])("count %s at an offset of %i minutes in the user's hour %i", (time, utcOffset, hour) => {
    expect(hoursOf(observed({}, at(time, utcOffset)))).toEqual({ [hour]: 1 });
  });

  it('are 24 counts and follow a user who moves to another time zone', () => {
    const happened = [
      observed({}, at('2025-03-03T12:00:00Z', 0)),
      observed({}, at('2025-03-04T12:00:00Z', 540)),
      observed({}, at('2025-03-05T12:00:00Z', 540)),
    ];
    expect(patternOf(happened).hours).toHaveLength(24);
    expect(hoursOf(...happened)).toEqual({ 12: 1, 21: 2 });
  });
});

const observationsOf = (...happened: Happened[]) =>
  folded(emotionTrend, happened).all(emotionObservationsTable);

describe('the observations', () => {
  it('keep the instant, the recorded offset and the intensity of each one, also of equal ones', () => {
    const when = at('1969-12-31T23:59:59.999Z', -7);
    const row = { userId: USER, occurredAt: -1, utcOffset: -7, emotion: 'joy' };
    expect(
      observationsOf(
        observed({ intensity: 0.1 }, when),
        observed({ intensity: 0.1 }, when),
        observed({ emotion: 'fear' }, { userId: 'user-2', occurredAt: 0 }),
      ),
    ).toEqual([
      { ...row, position: 1, intensity: 0.1 },
      { ...row, position: 2, intensity: 0.1 },
      { userId: 'user-2', occurredAt: 0, position: 3, utcOffset: 0, emotion: 'fear', intensity: 0.5 },
    ]);
  });
});

const triggersOf = (...happened: Happened[]) =>
  folded(emotionTrend, happened)
    .all(emotionTriggersTable)
    .map(({ emotion, trigger, count, turns }) => ({ emotion, trigger, count, turns }));
const shown = (turnId: string | null, occurredAt: number, more: Partial<EmotionObserved> = {}) =>
  observed({ turnId, triggers: ['harbour'], ...more }, { occurredAt, recordedAt: NOW + DAY_MS });

describe('the triggers of an emotion', () => {
  it('are counted per emotion and linked to the turns of the observations', () => {
    const happened = [
      shown('turn-1', NOW, { triggers: ['harbour', 'morning'] }),
      shown('turn-2', NOW + 1),
      shown('turn-3', NOW + 2, { emotion: 'fear' }),
    ];
    expect(triggersOf(...happened)).toEqual([
      {
        emotion: 'joy',
        trigger: 'harbour',
        count: 2,
        turns: [
          { turnId: 'turn-1', at: NOW },
          { turnId: 'turn-2', at: NOW + 1 },
        ],
      },
      { emotion: 'joy', trigger: 'morning', count: 1, turns: [{ turnId: 'turn-1', at: NOW }] },
      { emotion: 'fear', trigger: 'harbour', count: 1, turns: [{ turnId: 'turn-3', at: NOW + 2 }] },
    ]);
  });

  it('are counted without a link when the observation has no turn', () => {
    expect(triggersOf(shown(null, NOW))).toEqual([
      { emotion: 'joy', trigger: 'harbour', count: 1, turns: [] },
    ]);
  });

  it('stay linked to the three newest turns by occurredAt, and are still counted', () => {
    const times = [5, 3, 11, 1, 8, 12, 2, 10, 4, 9, 7, 6];
    const [trigger] = triggersOf(...times.map((time) => shown(`turn-${time}`, NOW + time)));
    expect(trigger?.count).toBe(12);
    expect(trigger?.turns.map(({ turnId }) => turnId)).toEqual([10, 11, 12].map((time) => `turn-${time}`));
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('an emotion whose events spell its label in different ways', () => {
  it('is one emotion with one trigger, also when earlier releases stored other forms', () => {
    const spelled = ['fr\u00f6hlich', 'fro\u0308hlich', 'Fr\u00f6hlich ', '\uff46r\u00f6hlich'];
    const happened = spelled.map((emotion) =>
      observed({ emotion, intensity: 0.5, triggers: ['Pru\u0308fung', 'pr\u00fcfung'] }),
    );
    const store = folded(emotionTrend, happened);
    expect(store.all(emotionPatternsTable).map(({ emotion, frequency }) => [emotion, frequency])).toEqual([
      ['fr\u00f6hlich', 4],
    ]);
    expect(new Set(store.all(emotionObservationsTable).map(({ emotion }) => emotion))).toEqual(
      new Set(['fr\u00f6hlich']),
    );
    expect(store.all(emotionTriggersTable).map(({ trigger, count }) => [trigger, count])).toEqual([
      ['pr\u00fcfung', 4],
    ]);
  });
});

describe('an imported pattern', () => {
  it('stays apart from what is observed, and a newer import replaces it', () => {
    const store = folded(emotionTrend, [
      observed({ emotion: 'joy', intensity: 0.2 }),
      patternImported({ emotion: 'Joy', frequency: 4, meanIntensity: 0.9 }),
      patternImported({ emotion: 'joy', frequency: 5, triggers: ['Exam'] }, at('2025-03-01T12:00:00Z', 60)),
    ]);
    expect(store.all(importedEmotionsTable)).toMatchObject([
      {
        emotion: 'joy',
        frequency: 5,
        meanIntensity: 0.8,
        triggers: ['exam'],
        lastAt: Date.parse('2025-03-01T12:00:00Z'),
      },
    ]);
    expect(store.all(emotionPatternsTable)).toMatchObject([{ frequency: 1, meanIntensity: 0.2 }]);
    expect(store.all(emotionObservationsTable)).toHaveLength(1);
    expect(store.all(emotionTriggersTable)).toEqual([]);
  });
});
