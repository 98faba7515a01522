/** A day, a month or a year that a question names; a part that it does not name is undefined. */
export interface NamedDate {
  year?: number | undefined;
  /** 1..12. */
  month?: number | undefined;
  day?: number | undefined;
}

const DAY_MS = 86_400_000;
/** How near a memory is to a date: on the day or in the month, close to it, or in the year. */
const NEARNESS = { exact: 1, close: 0.5, year: 0.3 } as const;
const CLOSE_TO_DAY = 5;
const CLOSE_AFTER_MONTH = 14;

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH =
  '(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|' +
  'oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const YEAR = '(?<year>(?:19|20)\\d\\d)';
const DAY = '(?<day>[0-3]?\\d)(?:st|nd|rd|th)?';
/**
 * Tried in this order; what one has taken, the next does not see. "may" and "march" alone must look like
 * months.
 */
const SHAPES = [
  /\b(?<year>(?:19|20)\d\d)-(?<month>[01]\d)(?:-(?<day>[0-3]\d))?\b/g,
  new RegExp(`\\b${DAY}(?: of)? ${MONTH}\\b\\.?(?:,? ${YEAR}\\b)?`, 'gi'),
  new RegExp(`\\b${MONTH}\\b\\.? ${DAY}\\b(?!:)(?:,? ${YEAR}\\b)?`, 'gi'),
  new RegExp(`\\b${MONTH}\\b\\.?,?(?: of)? ${YEAR}\\b`, 'gi'),
  /\b(?:in|of|since|during|last|this|early|late|mid|by|until) (?<month>may|march)\b/gi,
  new RegExp(`\\b(?!may\\b|mar\\b|march\\b|dec\\b|jan\\b|sep\\b)${MONTH}\\b`, 'gi'),
  new RegExp(`\\b${YEAR}\\b`, 'g'),
];

/** Returns the dates that a question names, in English or as 2024-05-17. */
export function namedDates(q: string): NamedDate[] {
  const dates: NamedDate[] = [];
  let rest = q;
  for (const shape of SHAPES) {
    rest = rest.replaceAll(shape, (...found) => {
      dates.push(dateOf(found.at(-1) as Record<string, string | undefined>));
      return ' ';
    });
  }
  return dates;
}

function dateOf({ year, month, day }: Record<string, string | undefined>): NamedDate {
  return {
    year: year === undefined ? undefined : Number(year),
    month: month === undefined ? undefined : monthOf(month),
    day: day === undefined ? undefined : Number(day),
  };
}

function monthOf(name: string): number {
  return /^\d/.test(name) ? Number(name) : 1 + MONTHS.indexOf(name.slice(0, 3).toLowerCase());
}

/** A time near a date, ms UTC. */
export interface NearDate {
  from: number;
  /** After it. */
  to: number;
  /** How near it is, 0..1. */
  nearness: number;
}

/**
 * Returns the times near the dates, the nearest first. A date without a year is the last one that is not
 * after the newest memory.
 */
export function timesNear(dates: readonly NamedDate[], newestAt: number): NearDate[] {
  return dates.flatMap((date) => near(date, newestAt)).toSorted((a, b) => b.nearness - a.nearness);
}

/** Returns how near a time, ms UTC, is: 0..1. */
export function nearnessOf(times: readonly NearDate[], at: number): number {
  return times.find(({ from, to }) => at >= from && at < to)?.nearness ?? 0;
}

function near({ year, month, day }: NamedDate, newestAt: number): NearDate[] {
  if (month === undefined) {
    const [from, to] = [Date.UTC(year as number, 0), Date.UTC((year as number) + 1, 0)];
    return [{ from, to, nearness: NEARNESS.year }];
  }
  const [from, to] = year === undefined ? lastBefore(newestAt, month, day) : range(year, month, day);
  const [before, after] = day === undefined ? [0, CLOSE_AFTER_MONTH] : [CLOSE_TO_DAY, CLOSE_TO_DAY];
  return [
    { from, to, nearness: NEARNESS.exact },
    { from: from - before * DAY_MS, to: to + after * DAY_MS, nearness: NEARNESS.close },
  ];
}

/** The last such day or month that begins not after a time. */
function lastBefore(time: number, month: number, day: number | undefined): [from: number, to: number] {
  const year = new Date(time).getUTCFullYear();
  const ofYear = range(year, month, day);
  return ofYear[0] <= time ? ofYear : range(year - 1, month, day);
}

/** The day, or the whole month, from its first to after its last millisecond. */
function range(year: number, month: number, day: number | undefined): [from: number, to: number] {
  const from = Date.UTC(year, month - 1, day ?? 1);
  return [from, day === undefined ? Date.UTC(year, month) : from + DAY_MS];
}
