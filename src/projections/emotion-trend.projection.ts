import { defineTable, integer, json, real, text, type RowIn } from '../database/table.js';
import type { StoreEventOf } from '../events/event-catalog.js';
import { localDay, localHour, quarterStart } from './local-time.js';
import { defineProjection, lastOf } from './projection.js';

/** How many of the newest turns a trigger stays linked to. */
const LINKED_TURNS = 10;

/** One row per user and emotion. Intensities are 0..1, times ms UTC. */
export const emotionPatternsTable = defineTable(
  'emotion_patterns',
  {
    userId: text(),
    emotion: text(),
    frequency: integer(),
    meanIntensity: real(),
    /** Sum of squared distances from the mean: the population variance times the frequency (Welford, 1962). */
    squaredDistances: real(),
    /** Observations by hour of the user's own day: 24 counts. */
    hours: json<number[]>(),
    firstAt: integer(),
    lastAt: integer(),
  },
  { key: ['userId', 'emotion'], hot: true },
);

/**
 * Counts by time. A `quarter` starts at a quarter of an hour, ms UTC, so that hours, days, weeks and months of every
 * offset in use can be put together exactly; a `day` is a day of the user's own calendar, counted from 1970-01-01.
 */
export const emotionBucketsTable = defineTable(
  'emotion_buckets',
  {
    userId: text(),
    grain: text(),
    start: integer(),
    emotion: text(),
    count: integer(),
    intensitySum: real(),
  },
  { key: ['userId', 'grain', 'start', 'emotion'], hot: true },
);

/** One row per user, emotion and trigger, linked to the newest turns that showed it. */
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
export type EmotionBucketRow = RowIn<typeof emotionBucketsTable>;
export type EmotionTriggerRow = RowIn<typeof emotionTriggersTable>;

type EmotionObserved = StoreEventOf<'emotion.observed'>;

/** What a user feels, how often, how strongly, when and about what. */
export const emotionTrend = defineProjection({
  name: 'emotion-trend',
  version: 1,
  tables: [emotionPatternsTable, emotionBucketsTable, emotionTriggersTable],
  folds: {
    'emotion.observed': (event, rows) => {
      const { userId, occurredAt, data } = event;
      rows.evolve(emotionPatternsTable, [userId, data.emotion], (row) => observed(row, event));
      const buckets: [string, number][] = [
        ['quarter', quarterStart(occurredAt)],
        ['day', localDay(occurredAt, event.utcOffset)],
      ];
      for (const [grain, start] of buckets) {
        rows.evolve(emotionBucketsTable, [userId, grain, start, data.emotion], (row) => ({
          userId,
          grain,
          start,
          emotion: data.emotion,
          count: (row?.count ?? 0) + 1,
          intensitySum: (row?.intensitySum ?? 0) + data.intensity,
        }));
      }
      for (const trigger of data.triggers) {
        rows.evolve(emotionTriggersTable, [userId, data.emotion, trigger], (row) =>
          triggered(row, event, trigger),
        );
      }
    },
  },
});

/** The population variance of the intensities, 0 for a single observation. */
export function variance(pattern: EmotionPatternRow): number {
  return pattern.squaredDistances / pattern.frequency;
}

function observed(row: EmotionPatternRow | undefined, event: EmotionObserved): EmotionPatternRow {
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
    firstAt: Math.min(before.firstAt, occurredAt),
    lastAt: Math.max(before.lastAt, occurredAt),
  };
}

function newPattern({ userId, occurredAt, data }: EmotionObserved): EmotionPatternRow {
  return {
    userId,
    emotion: data.emotion,
    frequency: 0,
    meanIntensity: 0,
    squaredDistances: 0,
    hours: Array.from({ length: 24 }, () => 0),
    firstAt: occurredAt,
    lastAt: occurredAt,
  };
}

function triggered(
  row: EmotionTriggerRow | undefined,
  event: EmotionObserved,
  trigger: string,
): EmotionTriggerRow {
  const { userId, occurredAt, data } = event;
  const turn = data.turnId ? [{ turnId: data.turnId, at: occurredAt }] : [];
  return {
    userId,
    emotion: data.emotion,
    trigger,
    count: (row?.count ?? 0) + 1,
    turns: lastOf([...(row?.turns ?? []), ...turn], LINKED_TURNS, (a, b) => a.at - b.at),
  };
}
