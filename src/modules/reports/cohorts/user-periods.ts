import { DAY_MS } from '../../calendar.js';

/** The lengths of periods and cohorts; the first is the default. */
export const PERIOD_LENGTHS = ['week', 'day', 'month'] as const;

/** The length of a period or of a cohort. */
export type PeriodLength = (typeof PERIOD_LENGTHS)[number];

const DAYS = { day: 1, week: 7 } as const;

/**
 * Returns the local day (days since 1970-01-01) on which period k of a user starts who joined on the local
 * day `first`. A month starts on the same day of the month, or on the month's last day if it has no such day.
 */
export function periodStart(first: number, period: PeriodLength, k: number): number {
  if (period !== 'month') return first + k * DAYS[period];
  const date = new Date(first * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + k];
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastOfMonth)) / DAY_MS;
}

/** Returns the period of a local day: 0 for the one that starts with the day `first`, negative before it. */
export function periodOf(first: number, period: PeriodLength, day: number): number {
  if (period !== 'month') return Math.floor((day - first) / DAYS[period]);
  const [from, to] = [new Date(first * DAY_MS), new Date(day * DAY_MS)];
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  const months = years * 12 + to.getUTCMonth() - from.getUTCMonth();
  return day < periodStart(first, period, months) ? months - 1 : months;
}
