import type { Moments } from './moments.js';
import { tQuantile } from './student-t.js';

/** A session with fewer observations has no change. */
export const MIN_SESSION_OBSERVATIONS = 4;
/** At most this many observations at each end of a session are compared. */
const MAX_AT_AN_END = 3;
/** Parts of a value unit in which every change is an integer: k is 2 or 3. */
export const CHANGE_PARTS = 6;

export interface SessionChange {
  /** Mean of the first k values. */
  start: number;
  /** Mean of the last k values. */
  end: number;
  change: number;
  /** The change in units of 1 / (CHANGE_PARTS * scale): an integer. */
  parts: number;
}

/**
 * Compares the mean of the last k values of a session with that of the first k, k = min(3, floor(n / 2));
 * null for fewer than 4 values. Values are integers in units of 1 / `scale`, in time order.
 */
export function sessionChange(values: readonly number[], scale: number): SessionChange | null {
  if (values.length < MIN_SESSION_OBSERVATIONS) return null;
  const k = Math.min(MAX_AT_AN_END, Math.floor(values.length / 2));
  const first = sum(values.slice(0, k));
  const last = sum(values.slice(-k));
  const unit = k * scale;
  const parts = (last - first) * (CHANGE_PARTS / k);
  return { start: first / unit, end: last / unit, change: (last - first) / unit, parts };
}

function sum(integers: readonly number[]): number {
  return integers.reduce((total, value) => total + value, 0);
}

export interface MeanChange {
  n: number;
  mean: number | null;
  /** The 95 % confidence interval of the mean: mean -/+ t(.975, n - 1) * sd / sqrt(n). */
  low: number | null;
  high: number | null;
  /** Cohen's d of paired values: mean / sd. */
  dz: number | null;
}

/** The mean of paired changes; its interval needs 2 of them, and d_z changes that differ. */
export function meanChange(changes: Moments): MeanChange {
  const { n } = changes;
  const [mean, sd] = [changes.mean(), changes.sd()];
  if (mean === null || sd === null) return { n, mean, low: null, high: null, dz: null };
  const margin = (tQuantile(0.975, n - 1) * sd) / Math.sqrt(n);
  return { n, mean, low: mean - margin, high: mean + margin, dz: sd === 0 ? null : mean / sd };
}
