import { median, rootMeanSquare } from 'simple-statistics';

/** Fewer values give no change points. */
export const MIN_CHANGE_POINT_VALUES = 8;
/** More values would take too long: the search is quadratic in a course that does not change. */
export const MAX_CHANGE_POINT_VALUES = 10_000;
/** A segment has at least this many values. */
const MIN_SEGMENT = 2;
/** Differences that are only rounding are below. */
const NEGLIGIBLE = 1e-9;

/**
 * Returns the indexes at which the mean of a course changes: the first value of each later segment. PELT
 * (Killick, Fearnhead, Eckley 2012): the segments with the least sum of squared distances from their means,
 * plus `penalty` for each cut. Segments have at least 2 values.
 */
export function changePoints(values: readonly number[], penalty = cutPenalty(values)): number[] {
  const n = values.length;
  const cost = segmentCost(values);
  /** The least total cost of the values before each index, and the cut before the last segment of it. */
  const best = new Float64Array(n + 1).fill(Infinity);
  const lastCut = new Uint32Array(n + 1);
  best[0] = -penalty;
  const starts = new Starts(n);
  for (let end = MIN_SEGMENT; end <= n; end += 1) {
    if (end >= 2 * MIN_SEGMENT) starts.push(end - MIN_SEGMENT);
    let least = Infinity;
    for (let i = 0; i < starts.size; i += 1) {
      const start = starts.at[i]!;
      const total = best[start]! + cost(start, end);
      starts.total[i] = total;
      if (total >= least) continue;
      least = total;
      lastCut[end] = start;
    }
    best[end] = least + penalty;
    starts.prune(best[end]!, end);
  }
  const cuts: number[] = [];
  for (let at = lastCut[n]!; at > 0; at = lastCut[at]!) cuts.push(at);
  return cuts.toReversed();
}

/** The indexes at which the last segment may start, in arrays, for speed. */
class Starts {
  size = 1;
  readonly at: Uint32Array;
  /** The total cost with a last segment from there, without the penalty of the cut after it. */
  readonly total: Float64Array;
  /** From this end on, a start cannot be the best one. */
  private readonly until: Float64Array;

  constructor(n: number) {
    this.at = new Uint32Array(n + 1);
    this.total = new Float64Array(n + 1);
    this.until = new Float64Array(n + 1).fill(Infinity);
  }

  push(start: number): void {
    this.at[this.size] = start;
    this.until[this.size] = Infinity;
    this.size += 1;
  }

  /**
   * A start that costs more than the best total of this end stays worse for every end that leaves room for a
   * segment in between; until then it is kept.
   */
  prune(best: number, end: number): void {
    let kept = 0;
    for (let i = 0; i < this.size; i += 1) {
      const until = this.total[i]! > best ? Math.min(this.until[i]!, end + MIN_SEGMENT) : this.until[i]!;
      if (until <= end + 1) continue;
      this.at[kept] = this.at[i]!;
      this.until[kept] = until;
      kept += 1;
    }
    this.size = kept;
  }
}

/**
 * 2 s^2 ln n: the penalty for one cut. s is the noise of the values, 1.4826 MAD(differences) / sqrt 2, which
 * changes of the mean hardly touch; where most differences are equal, their root mean square / sqrt 2.
 */
export function cutPenalty(values: readonly number[]): number {
  const differences = values.slice(1).map((value, i) => value - values[i]!);
  if (differences.length < 2) return 0;
  const center = median(differences);
  const deviation = 1.4826 * median(differences.map((difference) => Math.abs(difference - center)));
  const noise = deviation > NEGLIGIBLE ? deviation : rootMeanSquare(differences);
  return noise ** 2 * Math.log(values.length);
}

/** Sum of squared distances from the mean of the values in [start, end). */
function segmentCost(values: readonly number[]): (start: number, end: number) => number {
  const first = values[0] ?? 0;
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    sums[i + 1] = sums[i]! + (value - first);
    squares[i + 1] = squares[i]! + (value - first) ** 2;
  });
  return (start, end) => {
    const sum = sums[end]! - sums[start]!;
    return squares[end]! - squares[start]! - sum ** 2 / (end - start);
  };
}
