import type { Cell, GroupValue } from './bucket-table.js';
import { IntensitySum } from './intensity-sum.js';
import type { CalendarBucket } from './report-calendar.js';

/**
 * Returns the mean intensity of each cell's group over its bucket and the `window` - 1 buckets of the calendar
 * before it, pooled by count; null where nothing was observed. The cells are in order of time.
 */
export function movingAverages(
  cells: readonly Cell<IntensitySum>[],
  buckets: readonly CalendarBucket[],
  window: number,
): Map<Cell<IntensitySum>, number | null> {
  const places = new Map(buckets.map((bucket, i) => [bucket, i]));
  const placeOf = ({ bucket }: Cell<IntensitySum>): number => places.get(bucket) as number;
  const recent = new Map<readonly GroupValue[], Cell<IntensitySum>[]>();
  const averages = new Map<Cell<IntensitySum>, number | null>();
  for (const cell of cells) {
    const first = placeOf(cell) - window + 1;
    const pooled = [...(recent.get(cell.group) ?? []).filter((each) => placeOf(each) >= first), cell];
    recent.set(cell.group, pooled);
    const sum = new IntensitySum();
    for (const each of pooled) sum.addAll(each.sum);
    averages.set(cell, sum.mean);
  }
  return averages;
}
