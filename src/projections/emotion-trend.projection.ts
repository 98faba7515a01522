import { defineTable, integer, json, real, text, type RowIn } from '../database/table.js';
import type { FoldEventOf } from '../events/event-catalog.js';
import { localDay, localHour, quarterOfDay } from './local-time.js';
import { orderTime } from './order-time.js';
import { defineProjection, lastOf } from './projection.js';

/** A trigger stays linked to this many of the newest turns. */
const MAX_LINKED_TURNS = 3;

/** One row per user and emotion. Intensities are 0..1; firstAt and lastAt are order times, ms UTC. */
export const emotionPatternsTable = defineTable(
  'emotion_patterns',
  {
    userId: text(),
    emotion: text(),
    frequency: integer(),
    meanIntensity: real(),
    /** Sum of squared distances from the mean: population variance times frequency (Welford, 1962). */
    squaredDistances: real(),
    /** Observations by hour of the user's local day: 24 counts. */
    hours: json<number[]>(),
    firstAt: integer(),
    lastAt: integer(),
  },
  { key: ['userId', 'emotion'], hot: true },
);

/**
 * A quarter of an hour: its number in the UTC day (0..95), its observations, the sum of their intensities.
 */
export type Quarter = [quarter: number, count: number, intensitySum: number];

/**
 * One row per user, UTC day (counted from 1970-01-01) and emotion. Its quarters of an hour add up exactly to
 * the hours, days, weeks and months of every UTC offset in use.
 */
export const emotionDaysTable = defineTable(
  'emotion_days',
  { userId: text(), day: integer(), emotion: text(), quarters: json<Quarter[]>() },
  { key: ['userId', 'day', 'emotion'], hot: true },
);

/** One row per user, emotion and trigger, linked to the newest turns in which it was observed. */
export const emotionTriggersTable = defineTable(
  'emotion_triggers',
  {
    userId: text(),
    emotion: text(),
    trigger: text(),
    count: integer(),
    turns: json<{ turnId: string; at: number }[]>(),
  },
  { key: ['userId', 'emotion', 'trigger'], hot: true },
);

export type EmotionPatternRow = RowIn<typeof emotionPatternsTable>;
export type EmotionDayRow = RowIn<typeof emotionDaysTable>;
export type EmotionTriggerRow = RowIn<typeof emotionTriggersTable>;

type EmotionObserved = FoldEventOf<'emotion.observed'>;

/** What a user feels, how often, how strongly, when and about what. */
export const emotionTrend = defineProjection({
  name: 'emotion-trend',
  // 2: order times.
  version: 2,
  tables: [emotionPatternsTable, emotionDaysTable, emotionTriggersTable],
  folds: {
    'emotion.observed': (event, rows) => {
      const { userId, occurredAt, data } = event;
      rows.evolve(emotionPatternsTable, [userId, data.emotion], (row) => withObservation(row, event));
      const day = localDay(occurredAt, 0);
      rows.evolve(emotionDaysTable, [userId, day, data.emotion], (row) => ({
        userId,
        day,
        emotion: data.emotion,
        quarters: addToQuarter(row?.quarters ?? [], quarterOfDay(occurredAt), data.intensity),
      }));
      for (const trigger of data.triggers) {
        rows.evolve(emotionTriggersTable, [userId, data.emotion, trigger], (row) =>
          withTrigger(row, event, trigger),
        );
      }
    },
  },
});

/** The population variance of the intensities; 0 for a single observation. */
export function variance(pattern: EmotionPatternRow): number {
  return pattern.squaredDistances / pattern.frequency;
}

function addToQuarter(quarters: readonly Quarter[], quarter: number, intensity: number): Quarter[] {
  const index = quarters.findLastIndex(([start]) => start <= quarter);
  const existing = quarters[index];
  if (existing?.[0] !== quarter) return quarters.toSpliced(index + 1, 0, [quarter, 1, intensity]);
  return quarters.with(index, [quarter, existing[1] + 1, existing[2] + intensity]);
}

function withObservation(row: EmotionPatternRow | undefined, event: EmotionObserved): EmotionPatternRow {
  const { occurredAt, utcOffset, data } = event;
  const before = row ?? newPattern(event);
  const frequency = before.frequency + 1;
  const distance = data.intensity - before.meanIntensity;
  const meanIntensity = before.meanIntensity + distance / frequency;
  const hour = localHour(occurredAt, utcOffset);
  return {
    ...before,
    frequency,
    meanIntensity,
    squaredDistances: before.squaredDistances + distance * (data.intensity - meanIntensity),
    hours: before.hours.with(hour, (before.hours[hour] ?? 0) + 1),
    firstAt: Math.min(before.firstAt, orderTime(event)),
    lastAt: Math.max(before.lastAt, orderTime(event)),
  };
}

function newPattern(event: EmotionObserved): EmotionPatternRow {
  const { userId, data } = event;
  const at = orderTime(event);
  return {
    userId,
    emotion: data.emotion,
    frequency: 0,
    meanIntensity: 0,
    squaredDistances: 0,
    hours: Array.from({ length: 24 }, () => 0),
    firstAt: at,
    lastAt: at,
  };
}

function withTrigger(
  row: EmotionTriggerRow | undefined,
  event: EmotionObserved,
  trigger: string,
): EmotionTriggerRow {
  const { userId, data } = event;
  const turn = data.turnId ? [{ turnId: data.turnId, at: orderTime(event) }] : [];
  return {
    userId,
    emotion: data.emotion,
    trigger,
    count: (row?.count ?? 0) + 1,
    turns: lastOf([...(row?.turns ?? []), ...turn], MAX_LINKED_TURNS, (a, b) => a.at - b.at),
  };
}
