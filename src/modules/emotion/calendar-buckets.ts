import { MINUTE_MS } from '../../durations.js';
import type { EmotionObservationRow } from '../../projections/emotion-trend.projection.js';
import { localStart, localText, type WeekStart } from '../calendar.js';
import { hourStart, instantOf, type Clock } from '../zone-clock.js';
import type { EmotionBucketAnswer, TrendBucket } from './emotion.dto.js';

/** How observations are put into buckets. */
export interface Calendar {
  bucket: TrendBucket;
  weekStart: WeekStart;
  /** The clock whose calendar counts; undefined for the local times that were recorded. */
  clock: Clock | undefined;
  /** The clock that says at which instant a recorded local time was reached: the user's present one. */
  userClock: Clock;
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
        startLocal: localText(local),
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
