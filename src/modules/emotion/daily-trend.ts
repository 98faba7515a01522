import { errorFunction, linearRegression, sampleCorrelation } from 'simple-statistics';
import type { TrendAnswer } from './emotion.dto.js';

/** Days that a trend covers. */
export const TREND_DAYS = 28;
/** A slope with less confidence counts as stable. */
const MIN_CONFIDENCE = 0.9;
/** Fewer days give no trend. */
const MIN_DAYS = 4;

/**
 * Returns the trend of the counts of consecutive days: the least-squares slope, and a confidence of 1 - p,
 * where p is the two-sided probability of a correlation at least as strong without any trend (R. A. Fisher's
 * z, 1921).
 */
export function dailyTrend(counts: readonly number[]): TrendAnswer {
  if (counts.length < MIN_DAYS || counts.every((count) => count === counts[0])) {
    return { direction: 'stable', slopePerDay: 0, confidence: 0 };
  }
  const days = counts.map((_count, day) => day);
  const slopePerDay = linearRegression(counts.map((count, day) => [day, count])).m;
  const correlation = Math.min(1 - 1e-12, Math.abs(sampleCorrelation(days, [...counts])));
  const z = Math.atanh(correlation) * Math.sqrt(counts.length - 3);
  const confidence = Math.max(0, errorFunction(z / Math.SQRT2));
  if (confidence < MIN_CONFIDENCE) return { direction: 'stable', slopePerDay, confidence };
  return { direction: slopePerDay > 0 ? 'increasing' : 'decreasing', slopePerDay, confidence };
}
