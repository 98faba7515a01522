import { InvalidInput } from '../../errors.js';
import type { CalendarBucket, ReportCalendar } from './report-calendar.js';
import type { ResolvedQuery } from './report-query.js';
import { MAX_ITEMS } from './report.js';

/** A value by which facts are grouped. */
export type GroupValue = string | number | null;

/** What was counted in one bucket of one group. */
export interface Cell<Sum> {
  bucket: CalendarBucket;
  group: readonly GroupValue[];
  sum: Sum;
}

/** The facts of a group in its buckets. */
interface Series<Sum> {
  group: readonly GroupValue[];
  cells: Map<CalendarBucket, Sum>;
}

/** Sums by bucket and group, at most MAX_ITEMS of them. */
export class BucketTable<Sum> {
  private readonly series = new Map<GroupValue, Series<Sum>>();
  private size = 0;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
    private readonly newSum: () => Sum,
  ) {}

  /** The sum of a group in a bucket. Throws InvalidInput when there are too many. */
  at(bucket: CalendarBucket, group: readonly GroupValue[]): Sum {
    const series = this.seriesOf(group);
    let sum = series.cells.get(bucket);
    if (sum === undefined) {
      if (++this.size > MAX_ITEMS) throw tooMany();
      sum = this.newSum();
      series.cells.set(bucket, sum);
    }
    return sum;
  }

  /** All cells, by time, then by group; with the empty ones if the query fills them. */
  cells(): Cell<Sum>[] {
    const buckets = this.query.fill === 'zero' ? this.buckets() : undefined;
    const all = [...this.series.values()];
    if (buckets && all.length === 0 && this.query.groupBy.length === 0)
      all.push({ group: [], cells: new Map() });
    if (buckets && buckets.length * all.length > MAX_ITEMS) throw tooMany();
    const cells = all.flatMap(({ group, cells: known }) =>
      (buckets ?? [...known.keys()]).map((bucket) => ({
        bucket,
        group,
        sum: known.get(bucket) ?? this.newSum(),
      })),
    );
    return cells.toSorted(
      (a, b) =>
        a.bucket.start - b.bucket.start || a.bucket.local - b.bucket.local || compareGroups(a.group, b.group),
    );
  }

  /**
   * The buckets of the range, or from the first that has something to the last, where the range has no end;
   * empty ones too. Throws InvalidInput when there are too many.
   */
  buckets(): CalendarBucket[] {
    const { from, to } = this.query;
    const used = [...new Set([...this.series.values()].flatMap(({ cells }) => [...cells.keys()]))];
    const sorted = used.toSorted((a, b) => a.start - b.start);
    const first = earlier(sorted[0], from && this.calendar.bucketAt(from.at));
    const last = later(sorted.at(-1), to && this.calendar.bucketAt(to.at - 1));
    if (!first || !last) return [];
    const buckets: CalendarBucket[] = [];
    for (const bucket of this.calendar.bucketsBetween(first, last)) {
      if (buckets.push(bucket) > MAX_ITEMS) throw tooMany();
    }
    return buckets;
  }

  private seriesOf(group: readonly GroupValue[]): Series<Sum> {
    const key = group.length === 1 ? (group[0] as GroupValue) : group.join('\u0000');
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = { group: [...group], cells: new Map() }));
    return series;
  }
}

function earlier(a: CalendarBucket | undefined, b: CalendarBucket | undefined): CalendarBucket | undefined {
  return a && b ? (a.start <= b.start ? a : b) : (a ?? b);
}

function later(a: CalendarBucket | undefined, b: CalendarBucket | undefined): CalendarBucket | undefined {
  return a && b ? (a.start >= b.start ? a : b) : (a ?? b);
}

/** Compares groups of the same columns, value by value: null first, then numbers or texts. */
export function compareGroups(a: readonly GroupValue[], b: readonly GroupValue[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] as GroupValue;
    if (value === other) continue;
    if (value === null || other === null) return value === null ? -1 : 1;
    return value < other ? -1 : 1;
  }
  return 0;
}

function tooMany(): InvalidInput {
  return InvalidInput.field(
    'bucket',
    `must be wider, or the range shorter, or the groups fewer: an answer has at most ${MAX_ITEMS} buckets of groups`,
  );
}
