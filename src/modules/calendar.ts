const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The widths of a calendar bucket; `all` is one bucket for everything. */
export const BUCKETS = ['hour', 'day', 'week', 'month', 'quarter', 'year', 'all'] as const;

/** Width of a calendar bucket. */
export type Bucket = (typeof BUCKETS)[number];

/** The days on which a week may start. */
export const WEEK_STARTS = ['monday', 'sunday', 'saturday'] as const;

/** First day of a week. */
export type WeekStart = (typeof WEEK_STARTS)[number];

/** Days from 1970-01-01, a Thursday, back to the first day of its week. */
const DAYS_INTO_WEEK: Record<WeekStart, number> = { monday: 3, sunday: 4, saturday: 5 };
/** Calendar months of the buckets that are made of months. */
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/**
 * Returns the start of the calendar bucket around a local time; both in ms, as if the clock showed UTC. The
 * bucket `all` starts in 1970.
 */
export function localStart(local: number, bucket: Bucket, weekStart: WeekStart): number {
  if (bucket === 'all') return 0;
  if (bucket === 'hour') return Math.floor(local / HOUR_MS) * HOUR_MS;
  const day = Math.floor(local / DAY_MS);
  if (bucket === 'day') return day * DAY_MS;
  if (bucket === 'week') return (day - modulo(day + DAYS_INTO_WEEK[weekStart], 7)) * DAY_MS;
  const date = new Date(local);
  const months = MONTHS[bucket];
  return monthStart(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / months) * months);
}

/** Returns the local start of the bucket after the one that starts at `start`; Infinity after `all`. */
export function nextLocalStart(start: number, bucket: Bucket): number {
  if (bucket === 'all') return Infinity;
  if (bucket === 'hour') return start + HOUR_MS;
  if (bucket === 'day') return start + DAY_MS;
  if (bucket === 'week') return start + 7 * DAY_MS;
  const date = new Date(start);
  return monthStart(date.getUTCFullYear(), date.getUTCMonth() + MONTHS[bucket]);
}

/** The hour of a local time, 0..23; `local` is in ms, as if the clock showed UTC. */
export function hourOfDay(local: number): number {
  return modulo(Math.floor(local / HOUR_MS), 24);
}

/** The ISO weekday of a local time: 1 is Monday, 7 Sunday. */
export function weekday(local: number): number {
  return modulo(Math.floor(local / DAY_MS) + 3, 7) + 1;
}

/** Writes a local time without an offset, such as `2026-07-01T00:00:00`. */
export function localText(local: number): string {
  return new Date(local).toISOString().slice(0, 19);
}

/** Unlike Date.UTC, takes the years 1 to 99 as they are. */
function monthStart(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
