import type { EmotionDayRow } from '../../projections/emotion-trend.projection.js';
import { localDay, quarterStart } from '../../projections/local-time.js';
import { TREND_DAYS } from './daily-trend.js';

/**
 * Returns a function that lists the daily counts of an emotion in the user's calendar: at most 28 consecutive
 * days, up to the last day with any emotion, and not before the first one. Days without the emotion count 0.
 */
export function dailyCounts(
  days: readonly EmotionDayRow[],
  utcOffset: number,
): (emotion: string) => number[] {
  const observed = days.flatMap(({ day, emotion, quarters }) =>
    quarters.map(([quarter, count]) => ({
      emotion,
      count,
      day: localDay(quarterStart(day, quarter), utcOffset),
    })),
  );
  const last = observed.reduce((latest, { day }) => Math.max(latest, day), -Infinity);
  const earliest = observed.reduce((least, { day }) => Math.min(least, day), Infinity);
  const first = Math.max(last - TREND_DAYS + 1, earliest);
  return (emotion) => {
    const counts = Array.from({ length: observed.length > 0 ? last - first + 1 : 0 }, () => 0);
    for (const { emotion: name, day, count } of observed) {
      if (name === emotion && day >= first) counts[day - first] = (counts[day - first] ?? 0) + count;
    }
    return counts;
  };
}
