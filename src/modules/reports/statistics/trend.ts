import { tQuantile } from './student-t.js';

/** Fewer points give no trend. */
export const MIN_TREND_POINTS = 3;

export interface Trend {
  slope: number;
  /** The 95 % confidence interval of the slope: slope -/+ t(.975, n - 2) * sqrt(SSE / (n - 2) / Sxx). */
  low: number;
  high: number;
}

/** Fits y = a + b x by ordinary least squares; null for fewer than 3 points and for points of one x. */
export function trend(points: readonly (readonly [x: number, y: number])[]): Trend | null {
  const n = points.length;
  if (n < MIN_TREND_POINTS) return null;
  let [sumX, sumY] = [0, 0];
  for (const [x, y] of points) {
    sumX += x;
    sumY += y;
  }
  const [meanX, meanY] = [sumX / n, sumY / n];
  let [sxx, sxy] = [0, 0];
  for (const [x, y] of points) {
    sxx += (x - meanX) ** 2;
    sxy += (x - meanX) * (y - meanY);
  }
  if (sxx === 0) return null;
  const slope = sxy / sxx;
  let sse = 0;
  for (const [x, y] of points) sse += (y - meanY - slope * (x - meanX)) ** 2;
  const margin = tQuantile(0.975, n - 2) * Math.sqrt(sse / (n - 2) / sxx);
  return { slope, low: slope - margin, high: slope + margin };
}
