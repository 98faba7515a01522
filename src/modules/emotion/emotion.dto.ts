import { IsIn, IsInt, Max, Min } from 'class-validator';
import type { TrendDirection } from '../../events/emotion/emotion-pattern-imported.event.js';
import { IsTimeBound, IsTimeZone, Optional } from '../../validation/fields.js';
import { WEEK_STARTS, type WeekStart } from '../calendar.js';
import { UserReadQuery } from '../user-read.dto.js';

/** The widths of a bucket of the trend. */
const TREND_BUCKETS = ['hour', 'day', 'week', 'month'] as const;

/** Width of a bucket of the trend. */
export type TrendBucket = (typeof TREND_BUCKETS)[number];

/** Most observations behind one trend, and most buckets in it; a request for more is refused. */
export const MAX_TREND_OBSERVATIONS = 250_000;
export const MAX_TREND_BUCKETS = 40_000;
/** Most emotions in one answer, and most triggers of each. */
export const MAX_EMOTIONS = 5_000;
export const MAX_SHOWN_TRIGGERS = 50;

/** How many emotions to list. */
export class EmotionsQuery extends UserReadQuery {
  /** Maximum number of emotions; 5000 when left out. `total` says how many there are. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_EMOTIONS)
  limit?: number;
}

/**
 * Filters, bucket width and calendar for the trend. Without `timeZone` and `utcOffset`, each observation
 * counts at the user's local time that was recorded with it, wherever the user is now.
 */
export class EmotionTrendQuery extends UserReadQuery {
  /** Width of a bucket; `day` when left out. */
  @Optional()
  @IsIn(TREND_BUCKETS)
  bucket?: TrendBucket;

  /** First day of a week; `monday` when left out. */
  @Optional()
  @IsIn(WEEK_STARTS)
  weekStart?: WeekStart;

  /**
   * Only observations at or after this time. A range with more than 250000 observations, or an answer with
   * more than 40000 buckets, is refused.
   */
  @Optional()
  @IsTimeBound()
  from?: string;

  /** Only observations before this time. */
  @Optional()
  @IsTimeBound()
  to?: string;

  /**
   * Counts in the calendar of this IANA time zone, such as Europe/Berlin, instead of the recorded local time.
   */
  @Optional()
  @IsTimeZone()
  timeZone?: string;

  /** Counts in the calendar of this offset, minutes east of UTC, instead of the recorded local time. */
  @Optional()
  @IsInt()
  @Min(-720)
  @Max(840)
  utcOffset?: number;
}

/** A trigger of an emotion, and how often it occurred. */
export class TriggerAnswer {
  trigger: string;
  count: number;
}

/** The trend of an emotion. */
export class TrendAnswer {
  /** What is measured each day: how often the emotion is felt, or its mean intensity (0..1). */
  measure: 'count' | 'intensity';
  direction: 'increasing' | 'decreasing' | 'stable';
  /**
   * Least-squares slope over at most 28 days, up to the last day with any emotion. For intensities, days
   * without the emotion are left out.
   */
  slopePerDay: number;
  /** 0..1: how unlikely such a slope would be by chance (two-sided, by Fisher's z). */
  confidence: number;
}

/** What another program knew of an emotion, as sums: no observation is known. */
export class ImportedEmotionAnswer {
  frequency: number;
  meanIntensity: number;
  /** How often each of them was a trigger is not known. */
  triggers: string[];
  hours: number[];
  trend: TrendDirection;
  lastAt: string;
}

/** One emotion of a user. */
export class EmotionAnswer {
  emotion: string;
  frequency: number;
  meanIntensity: number;
  /** Population variance of the observed intensities. */
  variance: number;
  /** The 50 most frequent triggers. */
  triggers: TriggerAnswer[];
  /** Number of all triggers. */
  triggerCount: number;
  /** Number of observations by hour of the user's day, at the local times that were recorded. */
  hours: number[];
  firstAt: string;
  lastAt: string;
  /** The trend of the counts; where these are stable, that of the intensities. */
  trend: TrendAnswer;
  /** The trend of the intensities. */
  intensityTrend: TrendAnswer;
  /**
   * What was taken over from another program, if anything was. `frequency`, `meanIntensity`, `hours`,
   * `firstAt` and `lastAt` include it; what needs single observations (`variance`, `triggers`, the trends)
   * does not.
   */
  imported?: ImportedEmotionAnswer;
}

/** The emotions of a user, the most frequent first. */
export class EmotionsAnswer {
  items: EmotionAnswer[];
  /** Number of all emotions of the user, also those beyond `limit`. */
  total: number;
}

/** One bucket of one emotion. */
export class EmotionBucketAnswer {
  /**
   * The instant at which the clock first shows `startLocal`: the clock of the requested zone or offset, else
   * the user's present one.
   */
  start: string;
  /**
   * Start of the bucket in the calendar, such as `2026-07-01T00:00:00`. An hour that a clock repeats when it
   * is set back is two buckets with one `startLocal`.
   */
  startLocal: string;
  emotion: string;
  count: number;
  meanIntensity: number;
}

/** The buckets with observations, sorted by time and emotion. */
export class EmotionTrendAnswer {
  items: EmotionBucketAnswer[];
}

/** The answer to an observed emotion. */
export class EmotionObservedAnswer {
  position: number;
  version: number;
}
