import { MINUTE_MS } from '../durations.js';

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:[Zz]|([+-])([01]\d|2[0-3]):?([0-5]\d))$/;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** An instant, split where a store that keeps whole milliseconds cannot represent it. */
interface Instant {
  /** The last millisecond that is not later, ms since 1970 UTC. */
  floor: number;
  /** The first millisecond that is not earlier, ms since 1970 UTC. */
  ceiling: number;
  /** The year as written. */
  year: number;
}

/** Years that a stored time may have, as written in it. */
const STORED_YEARS = [1900, 2999] as const;

/**
 * Whether the text is an RFC 3339 time of the years 0001 to 9999: with a time zone, of a date that exists.
 * Seconds, and the colon in the offset, may be left out, as ISO 8601 allows.
 */
export function isInstant(text: unknown): boolean {
  return typeof text === 'string' && parse(text) !== undefined;
}

/** Whether the text is an instant, or a date of the years 0001 to 9999 that exists, such as `2026-03-01`. */
export function isTimeOrDate(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  return parse(text) !== undefined || (DATE.test(text) && parse(`${text}T00:00Z`) !== undefined);
}

/** Whether the text is an instant that an event may be dated with: of the years 1900 to 2999. */
export function isStorableInstant(text: unknown): boolean {
  const year = typeof text === 'string' ? parse(text)?.year : undefined;
  return year !== undefined && year >= STORED_YEARS[0] && year <= STORED_YEARS[1];
}

/**
 * Returns the instant in ms since 1970 UTC; of a fraction of a millisecond, the millisecond that contains it.
 * Use it for what is stored, and for bounds that include their instant ("up to and including").
 */
export function instantMs(text: string): number {
  return valid(text).floor;
}

/**
 * Returns the first whole millisecond that is not before the instant. A stored time is at or after the
 * instant exactly if it is at or after this millisecond: the bound for `from` (`>=`) and for `to` (`<`).
 */
export function boundMs(text: string): number {
  return valid(text).ceiling;
}

function valid(text: string): Instant {
  const instant = parse(text);
  // Callers pass validated text only.
  if (!instant) throw new RangeError(`${JSON.stringify(text)} is not an instant.`);
  return instant;
}

function parse(text: string): Instant | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  if (year < 1 || !isDay(year, month, day) || hour > 23 || minute > 59 || second > 60) return undefined;
  const fraction = match[7] ?? '';
  const wholeMinute = utc(year, month, day) + (hour * 60 + minute - offsetMinutes(match)) * MINUTE_MS;
  if (second === 60) return leapSecond(wholeMinute, year);
  const floor = wholeMinute + second * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return { floor, ceiling: /[1-9]/.test(fraction.slice(3)) ? floor + 1 : floor, year };
}

type Six = [number, number, number, number, number, number];

function offsetMinutes([, , , , , , , , sign, hours, minutes]: RegExpExecArray): number {
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -offset : offset;
}

/**
 * A leap second can be inserted at the end of any month in UTC. Milliseconds since 1970 have no number for
 * it: it is after the last millisecond of the month, and before the first one of the next.
 */
function leapSecond(wholeMinute: number, year: number): Instant | undefined {
  const next = wholeMinute + MINUTE_MS;
  const date = new Date(next);
  const isMonthStart = date.getUTCDate() === 1 && date.getUTCHours() === 0 && date.getUTCMinutes() === 0;
  return isMonthStart ? { floor: next - 1, ceiling: next, year } : undefined;
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(utc(year, month + 1, 0)).getUTCDate();
}

/** Unlike Date.UTC, takes the years 1 to 99 as they are. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
