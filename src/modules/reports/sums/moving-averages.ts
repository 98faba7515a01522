import type { CalendarBucket } from '../query/report-calendar.js';
import type { Cell, GroupValue } from './bucket-table.js';

/** Over what a moving average goes, as reports explain it. */
export const WINDOW =
  'this bucket and the window - 1 buckets before it, as far as they are in the range. Empty buckets count as no ' +
  'observations.';

/** The buckets of a calendar over which a trailing average goes, and how sums are pooled. */
interface Averaging<Sum> {
  buckets: readonly CalendarBucket[];
  window: number;
  /** The mean of all that was summed up; null where there was nothing. */
  meanOf: (sums: readonly Sum[]) => number | null;
}

/**
 * Returns the mean of each cell's group over its bucket and the `window` - 1 buckets of the calendar before
 * it, pooled by count; null where nothing was observed. The cells are in order of time.
 */
export function movingAverages<Sum>(
  cells: readonly Cell<Sum>[],
  { buckets, window, meanOf }: Averaging<Sum>,
): Map<Cell<Sum>, number | null> {
  const places = new Map(buckets.map((bucket, i) => [bucket, i]));
  const placeOf = ({ bucket }: Cell<Sum>): number => places.get(bucket) as number;
  const recent = new Map<readonly GroupValue[], Cell<Sum>[]>();
  const averages = new Map<Cell<Sum>, number | null>();
  for (const cell of cells) {
    const first = placeOf(cell) - window + 1;
    const pooled = [...(recent.get(cell.group) ?? []).filter((each) => placeOf(each) >= first), cell];
    recent.set(cell.group, pooled);
    const sums = pooled.map(({ sum }) => sum);
    averages.set(cell, meanOf(sums));
  }
  return averages;
}
