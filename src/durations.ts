/** A minute, ms. */
export const MINUTE_MS = 60_000;
/** An hour, ms. */
export const HOUR_MS = 60 * MINUTE_MS;
/** A day of 24 hours, ms: a local day may be longer or shorter. */
export const DAY_MS = 24 * HOUR_MS;

const UNITS_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS, y: 365 * DAY_MS };
const DURATION = /^([1-9]\d{0,4})([mhdwy])$/;

/**
 * Returns the ms of a text like 30m, 12h, 90d, 4w or 2y, of 365 days each; undefined for another text.
 */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}
