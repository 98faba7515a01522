import type { FactTimes } from '../../../projections/facts.js';
import { DAY_MS, localStart, localText, nextLocalStart } from '../../calendar.js';
import { fixedClock, hourEnd, hourStart, instantOf, zoneClock, type Clock } from '../../zone-clock.js';
import { EVENT_ZONE, type Bound, type ResolvedQuery } from './report-query.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A local time is reached first at UTC+14:00 and last at UTC-12:00. */
const FIRST_TO_REACH_MS = 14 * HOUR_MS;
const LAST_TO_REACH_MS = 12 * HOUR_MS;
/** More than the seconds by which two offsets can differ; it leaves room for both signs. */
const OFFSET_SECONDS = 200_000;

/** One bucket of a calendar. A calendar has each once, so that it can be the key of a map. */
export interface CalendarBucket {
  /** Its place among the buckets of the calendar, in the order in which they were first asked for. */
  readonly index: number;
  /** Start in local time, ms as if the clock showed UTC. */
  readonly local: number;
  /** The instants at which it starts and ends, ms since 1970 UTC. */
  readonly start: number;
  readonly end: number;
}

/** How a bucket is shown. */
export interface ShownBucket {
  /** Ms since 1970 UTC; null for the bucket `all` of a range without a start. */
  start: number | null;
  startLocal: string | null;
  partial: boolean;
}

/**
 * The calendar of one query: it puts facts into its range and into its buckets. Where each event counts at
 * its own local time (`timeZone=event`), a bucket's instants are those of a clock that shows UTC.
 */
export class ReportCalendar {
  /** Undefined for the local times that were recorded. */
  private readonly clock: Clock | undefined;
  private readonly shownClock: Clock;
  private readonly byUnit = new Map<number, CalendarBucket>();
  private readonly byStart = new Map<number, CalendarBucket>();
  private readonly unitMs: number;
  private readonly isHourly: boolean;
  private readonly byOccurrence: boolean;
  /** The bucket that was asked for last: facts of one day often follow each other. */
  private lastKey = Number.NaN;
  private lastBucket: CalendarBucket | undefined;

  /** `now` is when the report's last event was recorded, ms since 1970 UTC. */
  constructor(
    private readonly query: ResolvedQuery,
    private readonly now: number,
  ) {
    this.clock = query.timeZone === EVENT_ZONE ? undefined : zoneClock(query.timeZone);
    this.shownClock = this.clock ?? fixedClock(0);
    this.isHourly = query.bucket === 'hour';
    this.byOccurrence = query.clock === 'occurred';
    this.unitMs = this.isHourly ? HOUR_MS : DAY_MS;
  }

  /** The time of a fact that counts, ms since 1970 UTC. */
  timeOf(fact: FactTimes): number {
    return this.byOccurrence ? fact.occurredAt : fact.recordedAt;
  }

  /** The local time of a fact, ms as if the clock showed UTC. */
  localOf(fact: FactTimes): number {
    const at = this.timeOf(fact);
    return at + this.offsetOf(fact, at);
  }

  /** Whether a fact is in the range of the query. */
  isIn(fact: FactTimes): boolean {
    const { from, to } = this.query;
    return this.isWithin(fact, from, to);
  }

  /** Whether a user who registered then is among those of the query. */
  hasJoined(user: { registered: FactTimes | undefined }): boolean {
    const { joinedFrom, joinedTo } = this.query;
    if (!joinedFrom && !joinedTo) return true;
    const { registered } = user;
    return registered !== undefined && this.isWithin(registered, joinedFrom, joinedTo);
  }

  bucketOf(fact: FactTimes): CalendarBucket {
    const at = this.timeOf(fact);
    const offset = this.offsetOf(fact, at);
    return this.bucketFor(at + offset, this.clock ? offset : 0);
  }

  /** The bucket around an instant; where each event has its own local time, around that local time. */
  bucketAt(at: number): CalendarBucket {
    const offset = this.shownClock.offsetAt(at);
    return this.bucketFor(at + offset, offset);
  }

  /** The buckets from one to another, both included; empty ones too, unless no clock ever showed them. */
  *bucketsBetween(first: CalendarBucket, last: CalendarBucket): Generator<CalendarBucket, void> {
    for (let bucket = first; bucket.start <= last.start; bucket = this.bucketAt(bucket.end)) {
      yield bucket;
      if (bucket.end === Infinity) return;
    }
  }

  /** How the bucket is shown: its start, and whether the range cuts it off or it is not over yet. */
  shown({ local, start, end }: CalendarBucket): ShownBucket {
    const { from, to, bucket } = this.query;
    if (bucket === 'all') {
      const isOver = !to || this.lastInstant(to.at, to.isLocal) <= this.now;
      if (!from) return { start: null, startLocal: null, partial: !isOver };
      const offset = from.isLocal ? 0 : this.shownClock.offsetAt(from.at);
      return { start: from.at, startLocal: localText(from.at + offset), partial: !isOver };
    }
    const spread = this.clock ? 0 : 1;
    const isCut = (bound: Bound): boolean => {
      const margin = bound.isLocal ? 0 : spread;
      return bound.at > start - margin * FIRST_TO_REACH_MS && bound.at < end + margin * LAST_TO_REACH_MS;
    };
    const partial =
      this.lastInstant(end, !this.clock) > this.now || (from && isCut(from)) || (to && isCut(to)) || false;
    return { start, startLocal: localText(local), partial };
  }

  /** The local day, in days since 1970-01-01, that has begun for every event at the time of the report. */
  today(): number {
    const local = this.clock ? this.now + this.clock.offsetAt(this.now) : this.now - LAST_TO_REACH_MS;
    return Math.floor(local / DAY_MS);
  }

  private isWithin(fact: FactTimes, from: Bound | undefined, to: Bound | undefined): boolean {
    return (!from || this.comparable(fact, from) >= from.at) && (!to || this.comparable(fact, to) < to.at);
  }

  private comparable(fact: FactTimes, { isLocal }: Bound): number {
    return isLocal ? this.localOf(fact) : this.timeOf(fact);
  }

  /** The last instant at which a local time may be reached; an instant itself. */
  private lastInstant(at: number, isLocal: boolean): number {
    return isLocal ? at + LAST_TO_REACH_MS : at;
  }

  private offsetOf(fact: FactTimes, at: number): number {
    return this.clock ? this.clock.offsetAt(at) : fact.utcOffset * MINUTE_MS;
  }

  private bucketFor(local: number, offset: number): CalendarBucket {
    const unit = Math.floor(local / this.unitMs);
    // An hour that the clock repeats is two buckets.
    const key = this.isHourly ? unit * OFFSET_SECONDS + offset / 1_000 : unit;
    if (key === this.lastKey && this.lastBucket) return this.lastBucket;
    let bucket = this.byUnit.get(key);
    if (!bucket) {
      bucket = this.newBucket(local, offset, key);
      this.byUnit.set(key, bucket);
    }
    this.lastKey = key;
    this.lastBucket = bucket;
    return bucket;
  }

  private newBucket(at: number, offset: number, key: number): CalendarBucket {
    const { bucket, weekStart } = this.query;
    if (bucket === 'all') return this.known(0, () => [0, -Infinity, Infinity]);
    const local = localStart(at, bucket, weekStart);
    const clock = this.shownClock;
    if (bucket === 'hour') {
      return this.known(key, () => [local, hourStart(local, offset, clock), hourEnd(local, offset, clock)]);
    }
    const next = nextLocalStart(local, bucket);
    return this.known(local, () => [local, instantOf(local, clock), instantOf(next, clock)]);
  }

  private known(
    key: number,
    make: () => readonly [local: number, start: number, end: number],
  ): CalendarBucket {
    let bucket = this.byStart.get(key);
    if (!bucket) {
      const [local, start, end] = make();
      bucket = { index: this.byStart.size, local, start, end };
      this.byStart.set(key, bucket);
    }
    return bucket;
  }
}
