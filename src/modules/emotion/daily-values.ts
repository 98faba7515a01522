import type { EmotionObservationRow } from '../../projections/emotion-trend.projection.js';
import { localDay } from '../../projections/local-time.js';
import { TREND_DAYS, type DailyValue } from './daily-trend.js';

/** Intensities are summed in millionths: equal ones have the same mean, however many there are. */
const MILLION = 1_000_000;

interface Day {
  count: number;
  /** Sum of the intensities, in millionths. */
  millionths: number;
}

/** Sums observations by emotion and day, in the calendar of the local times that were recorded. */
export class DailyValues {
  private readonly emotions = new Map<string, Map<number, Day>>();
  private last = -Infinity;
  private earliest = Infinity;

  add(observations: readonly EmotionObservationRow[]): void {
    for (const { occurredAt, utcOffset, emotion, intensity } of observations) {
      const day = localDay(occurredAt, utcOffset);
      this.last = Math.max(this.last, day);
      this.earliest = Math.min(this.earliest, day);
      let days = this.emotions.get(emotion);
      if (!days) this.emotions.set(emotion, (days = new Map()));
      const { count, millionths } = days.get(day) ?? { count: 0, millionths: 0 };
      days.set(day, { count: count + 1, millionths: millionths + Math.round(intensity * MILLION) });
    }
  }

  /**
   * Returns the counts of an emotion on consecutive days, which are numbered from 0: at most 28, up to the
   * last day with any emotion, and not before the first one. Days without the emotion count 0.
   */
  counts(emotion: string): DailyValue[] {
    return this.days(emotion).map((day, i) => [i, day?.count ?? 0]);
  }

  /** Returns the mean intensities of the same days, without those that do not have the emotion. */
  intensities(emotion: string): DailyValue[] {
    return this.days(emotion).flatMap((day, i): DailyValue[] =>
      day ? [[i, day.millionths / day.count / MILLION]] : [],
    );
  }

  private days(emotion: string): (Day | undefined)[] {
    if (this.emotions.size === 0) return [];
    const first = Math.max(this.last - TREND_DAYS + 1, this.earliest);
    const days = this.emotions.get(emotion);
    return Array.from({ length: this.last - first + 1 }, (_, i) => days?.get(first + i));
  }
}
