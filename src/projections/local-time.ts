const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
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

/** The quarter of an hour of the UTC day, 0..95. Every UTC offset in use is a multiple of 15 minutes. */
export function quarterOfDay(at: number): number {
  return Math.floor(at / QUARTER_MS) - localDay(at, 0) * 96;
}

/** The start of a quarter of an hour, ms UTC. `day` counts from 1970-01-01 UTC, `quarter` is 0..95. */
export function quarterStart(day: number, quarter: number): number {
  return day * DAY_MS + quarter * QUARTER_MS;
}
