import type { EmotionDayRow } from '../../projections/emotion-trend.projection.js';
import { localDay, quarterStart } from '../../projections/local-time.js';
import { TREND_DAYS } from './daily-trend.js';

/**
 * Answers, for an emotion, its counts on consecutive days of the user's calendar: at most 28, up to the last day with
 * any emotion, from the first day that is known; days without the emotion count 0.
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
  const earliest = observed.reduce((known, { day }) => Math.min(known, day), Infinity);
  const first = Math.max(last - TREND_DAYS + 1, earliest);
  return (emotion) => {
    const counts = Array.from({ length: observed.length > 0 ? last - first + 1 : 0 }, () => 0);
    for (const seen of observed) {
      if (seen.emotion === emotion && seen.day >= first)
        counts[seen.day - first] = (counts[seen.day - first] ?? 0) + seen.count;
    }
    return counts;
  };
}
