import { defineTable, instant, integer, json, real, text, type RowIn } from '../database/table.js';
import type { TrendDirection } from '../events/emotion/emotion-pattern-imported.event.js';
import type { FoldEventOf } from '../events/event-catalog.js';
import { label, labels } from '../events/labels.js';
import { localHour } from './local-time.js';
import { withNormalLabels } from './normal-labels.js';
import { orderTime } from './order-time.js';
import { defineProjection, lastOf } from './projection.js';

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
    firstAt: instant(),
    lastAt: instant(),
  },
  { key: ['userId', 'emotion'], hot: true },
);

/**
 * One row per observation: its instant and its recorded offset (minutes east of UTC), so that it can be
 * counted in the user's calendar of that time and in that of any zone, and between any two instants.
 */
export const emotionObservationsTable = defineTable(
  'emotion_observations',
  {
    userId: text(),
    occurredAt: instant(),
    position: integer(),
    utcOffset: integer(),
    emotion: text(),
    intensity: real(),
  },
  { key: ['userId', 'occurredAt', 'position'], standsAlone: true },
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
  { key: ['userId', 'emotion', 'trigger'], hot: true, standsAlone: true },
);

/**
 * One row per user and emotion of which another program knew sums only: see EmotionPatternImported. They stay
 * apart from what was observed, so that variance, buckets and trend are those of known observations.
 */
export const importedEmotionsTable = defineTable(
  'imported_emotions',
  {
    userId: text(),
    emotion: text(),
    frequency: integer(),
    meanIntensity: real(),
    triggers: json<string[]>(),
    /** Observations by hour of the user's local day: 24 counts. */
    hours: json<number[]>(),
    trend: text() as { kind: 'text'; nullable: false; type?: TrendDirection },
    /** Order time of the last observation, ms UTC. */
    lastAt: instant(),
  },
  { key: ['userId', 'emotion'] },
);

export type ImportedEmotionRow = RowIn<typeof importedEmotionsTable>;
export type EmotionPatternRow = RowIn<typeof emotionPatternsTable>;
export type EmotionObservationRow = RowIn<typeof emotionObservationsTable>;
export type EmotionTriggerRow = RowIn<typeof emotionTriggersTable>;

type EmotionObserved = FoldEventOf<'emotion.observed'>;

/** What a user feels, how often, how strongly, when and about what. */
export const emotionTrend = defineProjection({
  name: 'emotion-trend',
  // 2: a row per observation instead of counts by quarter of an hour; order times.
  version: 2,
  tables: [emotionPatternsTable, emotionObservationsTable, emotionTriggersTable, importedEmotionsTable],
  settings: {
    linkedTurns: { default: 3, min: 1, max: 50, about: 'newest turns to which a trigger stays linked' },
  },
  folds: ({ linkedTurns }) => ({
    'emotion.pattern-imported': (event, rows) => {
      const { emotion, triggers, ...sums } = event.data;
      const { userId } = event;
      const normal = { emotion: label(emotion), triggers: labels(triggers) };
      rows.put(importedEmotionsTable, { userId, ...sums, ...normal, lastAt: orderTime(event) });
    },
    'emotion.observed': (observed, rows) => {
      const event = withNormalLabels(observed);
      const { userId, occurredAt, position, utcOffset, data } = event;
      const { emotion, intensity } = data;
      rows.evolve(emotionPatternsTable, [userId, emotion], (row) => withObservation(row, event));
      rows.put(emotionObservationsTable, { userId, occurredAt, position, utcOffset, emotion, intensity });
      for (const trigger of data.triggers) {
        rows.evolve(emotionTriggersTable, [userId, emotion, trigger], (row) =>
          withTrigger(row, event, { trigger, linkedTurns }),
        );
      }
    },
  }),
});

/** The population variance of the intensities; 0 for a single observation. */
export function variance(pattern: EmotionPatternRow): number {
  return pattern.squaredDistances / pattern.frequency;
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
  { trigger, linkedTurns }: { trigger: string; linkedTurns: number },
): EmotionTriggerRow {
  const { userId, data } = event;
  const turn = data.turnId ? [{ turnId: data.turnId, at: orderTime(event) }] : [];
  return {
    userId,
    emotion: data.emotion,
    trigger,
    count: (row?.count ?? 0) + 1,
    turns: lastOf([...(row?.turns ?? []), ...turn], linkedTurns, (a, b) => a.at - b.at),
  };
}
