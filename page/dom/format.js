const LOCALE = 'en-GB';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const percents = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const NONE = '–';

/** @typedef {number | null | undefined} MaybeNumber */

/** @param {MaybeNumber} value */
export const count = (value) => (value === null || value === undefined ? NONE : whole.format(value));
/** @param {MaybeNumber} value */
export const short = (value) =>
  value === null || value === undefined
    ? NONE
    : Math.abs(value) < 10_000
      ? fine.format(value)
      : compact.format(value);
/** @param {MaybeNumber} value */
export const decimal = (value) => (value === null || value === undefined ? NONE : fine.format(value));
/** @param {MaybeNumber} value 0..1, with two decimals */
export const ratio = (value) => (value === null || value === undefined ? NONE : value.toFixed(2));
/** @param {MaybeNumber} value */
export const share = (value) => (value === null || value === undefined ? NONE : percents.format(value));

/** @param {MaybeNumber} bytes */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return NONE;
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${fine.format(Number((bytes / 1000 ** power).toPrecision(3)))} ${units[power]}`;
}

/**
 * A duration in words, such as `3 min` or `2 days`.
 * @param {number} seconds
 */
export function duration(seconds) {
  if (seconds < 1) return 'under a second';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  const days = Math.round(seconds / 86_400);
  return `${count(days)} ${days === 1 ? 'day' : 'days'}`;
}

/** @param {string} at */
export const ago = (at) => {
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  return seconds < 5 ? 'just now' : `${duration(seconds)} ago`;
};

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * A time in a zone; `event` and unknown zones show UTC.
 * @param {string | null | undefined} at
 * @param {string} [zone]
 * @param {boolean} [seconds]
 */
export function time(at, zone = 'UTC', seconds = false) {
  if (!at) return NONE;
  const timeZone = zone === 'event' ? 'UTC' : zone;
  const key = `${timeZone} ${seconds}`;
  let format = formats.get(key);
  if (!format) {
    /** @type {Intl.DateTimeFormatOptions} */
    const options = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' };
    format = new Intl.DateTimeFormat(LOCALE, {
      ...options,
      ...(seconds ? { second: '2-digit' } : {}),
      timeZone,
    });
    formats.set(key, format);
  }
  return format.format(new Date(at));
}

const monthYear = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const dayMonth = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayFull = new Intl.DateTimeFormat(LOCALE, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/**
 * The label of a bucket from the server's local time, which already is in the right zone.
 * @param {string} local such as `2026-07-01T00:00:00`
 * @param {string} bucket
 * @param {boolean} [long]
 */
export function bucketLabel(local, bucket, long = false) {
  const date = new Date(`${local.slice(0, 19)}Z`);
  const day = long ? dayFull.format(date) : dayMonth.format(date);
  switch (bucket) {
    case 'hour':
      return `${day}${long ? ',' : ''} ${local.slice(11, 16)}`;
    case 'week':
      return long ? `week of ${day}` : day;
    case 'month':
      return monthYear.format(date);
    case 'quarter':
      return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${date.getUTCFullYear()}`;
    case 'year':
      return String(date.getUTCFullYear());
    case 'all':
      return 'all';
    default:
      return day;
  }
}
