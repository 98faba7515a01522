import { LRUCache } from 'lru-cache';
import { DAY_MS, MINUTE_MS } from '../durations.js';
import { offsetFormat } from '../validation/time-zone.js';

/** Days whose offset a zone remembers: about ten years. */
const MAX_DAYS = 4_096;

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

/** The zone's offset at the start of each UTC day answers for most days: only a few have a change. */
class ZoneClock implements Clock {
  private readonly days = new LRUCache<number, number>({ max: MAX_DAYS });

  constructor(private readonly format: Intl.DateTimeFormat) {}

  offsetAt(at: number): number {
    const day = Math.floor(at / DAY_MS);
    const offset = this.atStartOf(day);
    return offset === this.atStartOf(day + 1) ? offset : offsetOf(this.format, at);
  }

  private atStartOf(day: number): number {
    let offset = this.days.get(day);
    if (offset === undefined) {
      offset = offsetOf(this.format, day * DAY_MS);
      this.days.set(day, offset);
    }
    return offset;
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

/** Returns the first instant in (from, to] with the offset of `to`; there is one change between the two. */
function changeBetween(from: number, to: number, clock: Clock): number {
  const offset = clock.offsetAt(to);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (clock.offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
