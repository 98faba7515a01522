import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsTimeBound, Optional } from '../../validation/fields.js';

/** The widths of a calendar bucket. */
export const BUCKETS = ['hour', 'day', 'week', 'month'] as const;

/** Width of a calendar bucket. */
export type Bucket = (typeof BUCKETS)[number];

/** Filters and bucket width for the trend. */
export class EmotionTrendQuery {
  /** Width of a bucket; `day` when left out. Weeks start on Monday. */
  @Optional()
  @IsIn(BUCKETS)
  bucket?: Bucket;

  /** Only observations at or after this time, rounded down to the quarter of an hour. */
  @Optional()
  @IsTimeBound()
  from?: string;

  /** Only observations before this time, rounded down to the quarter of an hour. */
  @Optional()
  @IsTimeBound()
  to?: string;

  /**
   * Time zone of the buckets, minutes east of UTC; the user's own when left out. Exact for multiples of 15.
   */
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
  direction: 'increasing' | 'decreasing' | 'stable';
  /** Least-squares slope of the daily counts over at most 28 days, up to the last day with any emotion. */
  slopePerDay: number;
  /** 0..1: how unlikely such a slope would be by chance (two-sided, by Fisher's z). */
  confidence: number;
}

/** One emotion of a user. */
export class EmotionAnswer {
  emotion: string;
  frequency: number;
  meanIntensity: number;
  /** Population variance of the intensity. */
  variance: number;
  /** The 50 most frequent triggers. */
  triggers: TriggerAnswer[];
  /** Number of observations by hour of the user's own day. */
  hours: number[];
  firstAt: string;
  lastAt: string;
  trend: TrendAnswer;
}

/** All emotions of a user, the most frequent first. */
export class EmotionsAnswer {
  items: EmotionAnswer[];
}

/** One bucket of one emotion. */
export class EmotionBucketAnswer {
  start: string;
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
