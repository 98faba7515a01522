import { LRUCache } from 'lru-cache';
import { DAY_MS, MINUTE_MS } from '../durations.js';
import { offsetFormat } from '../validation/time-zone.js';

/** The time whose changes of the offset are found at once: 128 days, a tenth of a millisecond of work. */
const SPAN_MS = 128 * DAY_MS;
/** Spans that a zone remembers: more than a century. */
const MAX_SPANS = 300;

/** What a wall clock shows. */
export interface Clock {
  /** Ms east of UTC at an instant, which is in ms UTC. */
  offsetAt(at: number): number;
}

/** A clock that is always this many minutes east of UTC. */
export function fixedClock(utcOffset: number): Clock {
  return { offsetAt: () => utcOffset * MINUTE_MS };
}

const clocks = new LRUCache<string, Clock>({ max: 64 });

/** The clock of an IANA time zone; undefined for a name that this program's time zone database lacks. */
export function zoneClock(timeZone: string): Clock | undefined {
  const known = clocks.get(timeZone);
  if (known) return known;
  const format = offsetFormat(timeZone);
  if (!format) return undefined;
  const clock = new ZoneClock(format);
  clocks.set(timeZone, clock);
  return clock;
}

/** The offsets of a span, ms east of UTC: `offsets[i]` until the instant `ends[i]`, ms UTC. */
interface Span {
  readonly ends: readonly number[];
  readonly offsets: readonly number[];
}

/**
 * Keeps the instants at which the zone's offset changes, found once for each span by bisection: what follows
 * is integer arithmetic.
 */
class ZoneClock implements Clock {
  private readonly spans = new LRUCache<number, Span>({ max: MAX_SPANS });
  private lastIndex = NaN;
  private lastSpan: Span = { ends: [], offsets: [] };

  constructor(private readonly format: Intl.DateTimeFormat) {}

  offsetAt(at: number): number {
    const index = Math.floor(at / SPAN_MS);
    if (index !== this.lastIndex) {
      this.lastSpan = this.spanAt(index);
      this.lastIndex = index;
    }
    const { ends, offsets } = this.lastSpan;
    let i = 0;
    while (at >= (ends[i] as number)) i++;
    return offsets[i] as number;
  }

  private spanAt(index: number): Span {
    let span = this.spans.get(index);
    if (!span) {
      span = this.newSpan(index * SPAN_MS);
      this.spans.set(index, span);
    }
    return span;
  }

  /** Looks at each day: no zone has two changes within one. */
  private newSpan(start: number): Span {
    const [ends, offsets]: [number[], number[]] = [[], []];
    let offset = offsetOf(this.format, start);
    for (let day = start; day < start + SPAN_MS; day += DAY_MS) {
      const next = offsetOf(this.format, day + DAY_MS);
      if (next === offset) continue;
      ends.push(firstInstant(day, day + DAY_MS, (at) => offsetOf(this.format, at) === next));
      offsets.push(offset);
      offset = next;
    }
    return { ends: [...ends, Infinity], offsets: [...offsets, offset] };
  }
}

/** Reads the offset from a text such as `1/1/1971, GMT-00:44:30`; UTC itself is `GMT` alone. */
function offsetOf(format: Intl.DateTimeFormat, at: number): number {
  const [, sign, hours, minutes, seconds = 0] =
    /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(at)) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds) * 1_000;
  if (sign === undefined) return 0;
  return sign === '-' ? -size : size;
}

/**
 * Returns the instant (ms UTC) at which the clock first shows the local time: the earlier one of an hour that
 * is repeated, and the end of the gap for a time that is skipped. `local` is in ms, as if the clock showed
 * UTC.
 */
export function instantOf(local: number, clock: Clock): number {
  const before = clock.offsetAt(local - DAY_MS);
  if (clock.offsetAt(local - before) === before) return local - before;
  const after = clock.offsetAt(local + DAY_MS);
  if (clock.offsetAt(local - after) === after) return local - after;
  return changeBetween(local - after, local - before, clock);
}

/**
 * Returns the first instant of a local hour while the clock has this offset (ms east of UTC), so that a
 * repeated hour starts twice. `local` is the start of the hour.
 */
export function hourStart(local: number, offset: number, clock: Clock): number {
  const at = local - offset;
  if (clock.offsetAt(at) === offset) return at;
  const end = at + 60 * MINUTE_MS - 1;
  return clock.offsetAt(end) === offset ? changeBetween(at, end, clock) : instantOf(local, clock);
}

/**
 * Returns the end of a local hour while the clock has this offset: the start of the next hour, or the change
 * of the offset before it.
 */
export function hourEnd(local: number, offset: number, clock: Clock): number {
  const end = local - offset + 60 * MINUTE_MS;
  const start = hourStart(local, offset, clock);
  return clock.offsetAt(end - 1) === offset ? end : changeBetween(start, end - 1, clock);
}

/** Returns the first instant in (from, to] with the offset of `to`; there is one change between the two. */
function changeBetween(from: number, to: number, clock: Clock): number {
  const offset = clock.offsetAt(to);
  return firstInstant(from, to, (at) => clock.offsetAt(at) === offset);
}

/** Returns the first instant in (from, to] for which the condition is true; once true, it stays so. */
function firstInstant(from: number, to: number, isTrue: (at: number) => boolean): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return high;
}
