import type { Observation } from './observations.js';

/** Emotions shown of those without a valence: the most frequent ones. */
const MAX_SHOWN = 20;

/** Counts observations of emotions without a valence. */
export class Unmapped {
  private total = 0;
  private readonly counts = new Map<string, number>();

  take(observations: readonly Observation[]): void {
    for (const { fact, value } of observations) {
      if (value !== undefined) continue;
      this.total += 1;
      this.counts.set(fact.emotion, (this.counts.get(fact.emotion) ?? 0) + 1);
    }
  }

  /** Their number, and the most frequent ones; equally frequent ones by name. */
  summary(): { unmapped: number; unmappedEmotions: { emotion: string; count: number }[] } {
    const foremost = [...this.counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const unmappedEmotions = foremost.slice(0, MAX_SHOWN).map(([emotion, count]) => ({ emotion, count }));
    return { unmapped: this.total, unmappedEmotions };
  }
}
