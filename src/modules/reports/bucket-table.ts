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

/** Sums by bucket and group, at most MAX_ITEMS of them. */
export class BucketTable<Sum> {
  /** By the index of the bucket, then by the key of the group. */
  private readonly byBucket: (Map<GroupValue, Cell<Sum>> | undefined)[] = [];
  /** By their keys: all cells of a group share its array. */
  private readonly groups = new Map<GroupValue, readonly GroupValue[]>();
  private size = 0;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
    private readonly newSum: () => Sum,
  ) {}

  /** The sum of a group in a bucket. Throws InvalidInput when there are too many. */
  at(bucket: CalendarBucket, group: readonly GroupValue[]): Sum {
    const cells = (this.byBucket[bucket.index] ??= new Map<GroupValue, Cell<Sum>>());
    const key = keyOf(group);
    let cell = cells.get(key);
    if (cell === undefined) {
      if (++this.size > MAX_ITEMS) throw tooMany();
      cell = { bucket, group: this.sharedGroup(key, group), sum: this.newSum() };
      cells.set(key, cell);
    }
    return cell.sum;
  }

  /** All cells, by time, then by group; with the empty ones if the query fills them. */
  cells(): Cell<Sum>[] {
    const cells = this.query.fill === 'zero' ? this.filledCells() : this.knownCells();
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
    const used = [...new Set(this.knownCells().map(({ bucket }) => bucket))];
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

  private knownCells(): Cell<Sum>[] {
    return this.byBucket.flatMap((cells) => (cells ? [...cells.values()] : []));
  }

  private filledCells(): Cell<Sum>[] {
    const buckets = this.buckets();
    const groups = [...this.groups];
    if (groups.length === 0 && this.query.groupBy.length === 0) groups.push([keyOf([]), []]);
    if (buckets.length * groups.length > MAX_ITEMS) throw tooMany();
    return buckets.flatMap((bucket) =>
      groups.map(
        ([key, group]) => this.byBucket[bucket.index]?.get(key) ?? { bucket, group, sum: this.newSum() },
      ),
    );
  }

  private sharedGroup(key: GroupValue, group: readonly GroupValue[]): readonly GroupValue[] {
    const known = this.groups.get(key) ?? [...group];
    this.groups.set(key, known);
    return known;
  }
}

/** Equal for equal groups of the same columns. Most have one column, whose value needs no text. */
function keyOf(group: readonly GroupValue[]): GroupValue {
  if (group.length > 1) return group.join('\u0000');
  return group[0] ?? null;
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
