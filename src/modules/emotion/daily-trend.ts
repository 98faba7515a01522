import { errorFunction, linearRegression, sampleCorrelation } from 'simple-statistics';
import type { TrendAnswer } from './emotion.dto.js';

/** Days that a trend covers. */
export const TREND_DAYS = 28;
/** A slope with less confidence counts as stable. */
const MIN_CONFIDENCE = 0.9;
/** Fewer days give no trend. */
const MIN_DAYS = 4;

/** A day, and what is measured on it. */
export type DailyValue = readonly [day: number, value: number];

type Measured = Omit<TrendAnswer, 'measure'>;

/**
 * Returns the trends of an emotion: of its intensities, and of how often it is felt. When it is felt as often
 * as before, its trend is that of the intensities.
 */
export function emotionTrends(
  counts: readonly DailyValue[],
  intensities: readonly DailyValue[],
): { trend: TrendAnswer; intensityTrend: TrendAnswer } {
  const intensityTrend: TrendAnswer = { measure: 'intensity', ...dailyTrend(intensities) };
  const countTrend: TrendAnswer = { measure: 'count', ...dailyTrend(counts) };
  const changes = countTrend.direction !== 'stable' || intensityTrend.direction === 'stable';
  return { trend: changes ? countTrend : intensityTrend, intensityTrend };
}

/**
 * Returns the trend of daily values: the least-squares slope against the day, and a confidence of 1 - p,
 * where p is the two-sided probability of a correlation at least as strong without any trend (R. A. Fisher's
 * z, 1921: z = artanh(r) * sqrt(n - 3), p = 1 - erf(z / sqrt 2)).
 */
export function dailyTrend(values: readonly DailyValue[]): Measured {
  if (values.length < MIN_DAYS || values.every(([, value]) => value === values[0]?.[1])) {
    return { direction: 'stable', slopePerDay: 0, confidence: 0 };
  }
  const slopePerDay = linearRegression(values.map(([day, value]) => [day, value])).m;
  const [days, measured] = [values.map(([day]) => day), values.map(([, value]) => value)];
  const correlation = Math.min(1 - 1e-12, Math.abs(sampleCorrelation(days, measured)));
  const z = Math.atanh(correlation) * Math.sqrt(values.length - 3);
  const confidence = Math.max(0, errorFunction(z / Math.SQRT2));
  if (confidence < MIN_CONFIDENCE) return { direction: 'stable', slopePerDay, confidence };
  return { direction: slopePerDay > 0 ? 'increasing' : 'decreasing', slopePerDay, confidence };
}
