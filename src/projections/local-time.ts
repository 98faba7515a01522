const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The day of a user's own calendar, counted from 1970-01-01. `utcOffset` is in minutes east of UTC. */
export function localDay(at: number, utcOffset: number): number {
  return Math.floor((at + utcOffset * MINUTE) / DAY);
}

/** The hour of a user's own day, 0 to 23. */
export function localHour(at: number, utcOffset: number): number {
  return Math.floor((at + utcOffset * MINUTE) / HOUR) - localDay(at, utcOffset) * 24;
}

/** The quarter of an hour of the UTC day in which the instant lies, 0 to 95: every offset in use is a multiple of it. */
export function quarterOfDay(at: number): number {
  return Math.floor(at / QUARTER) - localDay(at, 0) * 96;
}

/** The start of a quarter of an hour, ms UTC. */
export function quarterStart(day: number, quarter: number): number {
  return day * DAY + quarter * QUARTER;
}
