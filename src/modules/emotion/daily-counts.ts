import type { EmotionObservationRow } from '../../projections/emotion-trend.projection.js';
import { localDay } from '../../projections/local-time.js';
import { TREND_DAYS } from './daily-trend.js';

/** Counts observations by emotion and day, in the calendar of the local times that were recorded. */
export class DailyCounts {
  private readonly emotions = new Map<string, Map<number, number>>();
  private last = -Infinity;
  private earliest = Infinity;

  add(observations: readonly EmotionObservationRow[]): void {
    for (const { occurredAt, utcOffset, emotion } of observations) {
      const day = localDay(occurredAt, utcOffset);
      this.last = Math.max(this.last, day);
      this.earliest = Math.min(this.earliest, day);
      let days = this.emotions.get(emotion);
      if (!days) this.emotions.set(emotion, (days = new Map()));
      days.set(day, (days.get(day) ?? 0) + 1);
    }
  }

  /**
   * Returns the counts of an emotion on consecutive days: at most 28, up to the last day with any emotion,
   * and not before the first one. Days without the emotion count 0.
   */
  of(emotion: string): number[] {
    if (this.emotions.size === 0) return [];
    const first = Math.max(this.last - TREND_DAYS + 1, this.earliest);
    const days = this.emotions.get(emotion);
    return Array.from({ length: this.last - first + 1 }, (_, i) => days?.get(first + i) ?? 0);
  }
}
