import { DAY_MS } from '../../calendar.js';
import type { CalendarBucket } from '../query/report-calendar.js';
import {
  changePoints,
  MAX_CHANGE_POINT_VALUES,
  MIN_CHANGE_POINT_VALUES,
} from '../statistics/change-points.js';
import { trend } from '../statistics/trend.js';

/** How means move from bucket to bucket. */
export interface MoodTrend {
  /** Null for fewer than 3 buckets. */
  slopePerDay: number | null;
  /** The 95 % confidence interval of the slope. */
  low: number | null;
  high: number | null;
  /** Buckets with a mean. */
  n: number;
}

/** One bucket's mean. */
export type BucketMean = readonly [bucket: CalendarBucket, mean: number];

/** The least-squares slope of the means against days; `means` are in the order of time. */
export function moodTrend(means: readonly BucketMean[]): MoodTrend {
  const first = means[0]?.[0].start ?? 0;
  const fitted = trend(means.map(([{ start }, mean]) => [(start - first) / DAY_MS, mean]));
  const { slope = null, low = null, high = null } = fitted ?? {};
  return { slopePerDay: slope, low, high, n: means.length };
}

/** The starts (UTC) of the buckets from which on the mean is another one; a text says why there are none. */
export function moodChanges(means: readonly BucketMean[]): string[] | string {
  if (means.length < MIN_CHANGE_POINT_VALUES)
    return `fewer than ${MIN_CHANGE_POINT_VALUES} buckets with a mean`;
  if (means.length > MAX_CHANGE_POINT_VALUES) {
    return `more than ${MAX_CHANGE_POINT_VALUES} buckets: the search would take too long`;
  }
  const cuts = changePoints(means.map(([, mean]) => mean));
  return cuts.map((cut) => new Date(means[cut]![0].start).toISOString());
}
