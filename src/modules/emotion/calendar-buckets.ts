import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../durations.js';
import type { EmotionObservationRow } from '../../projections/emotion-trend.projection.js';
import { hourStart, instantOf, type Clock } from '../zone-clock.js';
import type { Bucket, EmotionBucketAnswer, WeekStart } from './emotion.dto.js';

/** Days from 1970-01-01, a Thursday, back to the first day of its week. */
const DAYS_INTO_WEEK: Record<WeekStart, number> = { monday: 3, sunday: 4, saturday: 5 };

/** How observations are put into buckets. */
export interface Calendar {
  bucket: Bucket;
  weekStart: WeekStart;
  /** The clock whose calendar counts; undefined for the local times that were recorded. */
  clock: Clock | undefined;
  /** The clock that says at which instant a recorded local time was reached: the user's present one. */
  userClock: Clock;
}

/** Returns the start of the calendar bucket around a local time; both in ms, as if the clock showed UTC. */
export function localStart(local: number, bucket: Bucket, weekStart: WeekStart): number {
  if (bucket === 'hour') return Math.floor(local / HOUR_MS) * HOUR_MS;
  const day = Math.floor(local / DAY_MS);
  if (bucket === 'day') return day * DAY_MS;
  if (bucket === 'week') return (day - modulo(day + DAYS_INTO_WEEK[weekStart], 7)) * DAY_MS;
  return (day - new Date(local).getUTCDate() + 1) * DAY_MS;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

interface Sum {
  local: number;
  start: number;
  emotion: string;
  count: number;
  intensitySum: number;
}

/** Sums observations into calendar buckets. */
export class CalendarBuckets {
  private readonly sums = new Map<string, Sum>();
  private readonly starts = new Map<string, number>();

  constructor(private readonly calendar: Calendar) {}

  /** Number of buckets with observations, one for each emotion. */
  get size(): number {
    return this.sums.size;
  }

  add(observations: readonly EmotionObservationRow[]): void {
    const { bucket, weekStart, clock } = this.calendar;
    for (const { occurredAt, utcOffset, emotion, intensity } of observations) {
      const offset = clock ? clock.offsetAt(occurredAt) : utcOffset * MINUTE_MS;
      const local = localStart(occurredAt + offset, bucket, weekStart);
      const start = this.startOf(local, offset);
      const key = `${local} ${start} ${emotion}`;
      let sum = this.sums.get(key);
      if (!sum) this.sums.set(key, (sum = { local, start, emotion, count: 0, intensitySum: 0 }));
      sum.count += 1;
      sum.intensitySum += intensity;
    }
  }

  /** Returns the buckets, sorted by time and emotion. */
  items(): EmotionBucketAnswer[] {
    return [...this.sums.values()]
      .toSorted((a, b) => a.local - b.local || a.start - b.start || (a.emotion < b.emotion ? -1 : 1))
      .map(({ local, start, emotion, count, intensitySum }) => ({
        start: new Date(start).toISOString(),
        startLocal: new Date(local).toISOString().slice(0, 19),
        emotion,
        count,
        meanIntensity: intensitySum / count,
      }));
  }

  /** An hour that the clock repeats is two buckets; other buckets are as long as the calendar makes them. */
  private startOf(local: number, offset: number): number {
    const { bucket, clock, userClock } = this.calendar;
    const key = bucket === 'hour' ? `${local} ${offset}` : String(local);
    let start = this.starts.get(key);
    if (start === undefined) {
      const shown = clock ?? userClock;
      start = bucket === 'hour' ? hourStart(local, offset, shown) : instantOf(local, shown);
      this.starts.set(key, start);
    }
    return start;
  }
}
