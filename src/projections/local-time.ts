import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.js';

/**
 * The day of a user's local calendar, counted from 1970-01-01. `at` is ms UTC, `utcOffset` minutes east of
 * UTC.
 */
export function localDay(at: number, utcOffset: number): number {
  return Math.floor((at + utcOffset * MINUTE_MS) / DAY_MS);
}

/** The hour of a user's local day, 0..23. `at` is ms UTC, `utcOffset` minutes east of UTC. */
export function localHour(at: number, utcOffset: number): number {
  return Math.floor((at + utcOffset * MINUTE_MS) / HOUR_MS) - localDay(at, utcOffset) * 24;
}
