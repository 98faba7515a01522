import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsInstant, Optional } from '../../validation/fields.js';

/** How wide a bucket is. */
export const BUCKETS = ['hour', 'day', 'week', 'month'] as const;

/** One of the widths. */
export type Bucket = (typeof BUCKETS)[number];

/** Which part of the trend, and how it is cut. */
export class EmotionTrendQuery {
  /** `day` when left out. Weeks start on Monday. */
  @Optional()
  @IsIn(BUCKETS)
  bucket?: Bucket;

  /** Rounded down to the quarter of an hour. */
  @Optional()
  @IsInstant()
  from?: string;

  /** Rounded down to the quarter of an hour; itself not included. */
  @Optional()
  @IsInstant()
  to?: string;

  /** Minutes east of UTC in which days begin; the user's own when left out. Exact for multiples of 15. */
  @Optional()
  @IsInt()
  @Min(-720)
  @Max(840)
  utcOffset?: number;
}

/** What an emotion was about, and how often. */
export class TriggerAnswer {
  trigger: string;
  count: number;
}

/** Where an emotion is going. */
export class TrendAnswer {
  direction: 'increasing' | 'decreasing' | 'stable';
  /** Least-squares slope of the daily counts over at most 28 days up to the user's last day with any emotion. */
  slopePerDay: number;
  /** 0..1: how unlikely such a slope would be if the days had no order (two-sided, by Fisher's z). */
  confidence: number;
}

/** One emotion of a user. */
export class EmotionAnswer {
  emotion: string;
  frequency: number;
  meanIntensity: number;
  /** Population variance of the intensity. */
  variance: number;
  /** The 50 most frequent. */
  triggers: TriggerAnswer[];
  /** Observations by hour of the user's own day. */
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

/** The buckets that hold anything, by time and emotion. */
export class EmotionTrendAnswer {
  items: EmotionBucketAnswer[];
}

/** The answer of an observation. */
export class EmotionObservedAnswer {
  position: number;
  version: number;
}
