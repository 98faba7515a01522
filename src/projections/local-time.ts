const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

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
