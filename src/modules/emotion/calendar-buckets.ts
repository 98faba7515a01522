import type { EmotionDayRow } from '../../projections/emotion-trend.projection.js';
import { quarterStart } from '../../projections/local-time.js';
import type { Bucket, EmotionBucketAnswer } from './emotion.dto.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Returns the start (ms UTC) of the calendar bucket around an instant, `utcOffset` minutes east of UTC. */
export function bucketStart(at: number, bucket: Bucket, utcOffset: number): number {
  const local = at + utcOffset * MINUTE_MS;
  return localStart(local, bucket) - utcOffset * MINUTE_MS;
}

function localStart(local: number, bucket: Bucket): number {
  if (bucket === 'hour') return Math.floor(local / HOUR_MS) * HOUR_MS;
  const day = Math.floor(local / DAY_MS);
  if (bucket === 'day') return day * DAY_MS;
  // 1970-01-01 was a Thursday: three days after Monday.
  if (bucket === 'week') return (day - ((((day + 3) % 7) + 7) % 7)) * DAY_MS;
  const date = new Date(local);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/**
 * Sums the quarters of an hour that start in [from, to) into calendar buckets, sorted by time and emotion.
 */
export function calendarBuckets(
  days: readonly EmotionDayRow[],
  options: { bucket: Bucket; utcOffset: number; from?: number | undefined; to?: number | undefined },
): EmotionBucketAnswer[] {
  const { bucket, utcOffset, from = -Infinity, to = Infinity } = options;
  const sums = new Map<string, { at: number; emotion: string; count: number; intensitySum: number }>();
  for (const { day, emotion, quarters } of days) {
    for (const [quarter, count, intensitySum] of quarters) {
      const start = quarterStart(day, quarter);
      if (start < from || start >= to) continue;
      const at = bucketStart(start, bucket, utcOffset);
      const key = `${at} ${emotion}`;
      const sum = sums.get(key) ?? { at, emotion, count: 0, intensitySum: 0 };
      sum.count += count;
      sum.intensitySum += intensitySum;
      sums.set(key, sum);
    }
  }
  return [...sums.values()]
    .toSorted((a, b) => a.at - b.at || (a.emotion < b.emotion ? -1 : 1))
    .map(({ at, emotion, count, intensitySum }) => ({
      start: new Date(at).toISOString(),
      emotion,
      count,
      meanIntensity: intensitySum / count,
    }));
}
