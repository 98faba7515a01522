import { InvalidInput } from '../../../errors.js';
import type { CalendarBucket, ReportCalendar } from '../query/report-calendar.js';
import type { ResolvedQuery } from '../query/report-query.js';
import { MAX_ITEMS } from '../report.js';

/** A value by which facts are grouped. */
export type GroupValue = string | number | null;

/** What was counted in one bucket of one group. */
export interface Cell<Sum> {
  bucket: CalendarBucket;
  group: readonly GroupValue[];
  sum: Sum;
}

/** The values of a group, and its place among the groups of a table. */
interface Group {
  index: number;
  values: readonly GroupValue[];
}

/** Sums by bucket and group, at most MAX_ITEMS of them. */
export class BucketTable<Sum> {
  /** By the index of the bucket, then by that of the group. */
  private readonly byBucket: (Cell<Sum> | undefined)[][] = [];
  /** By their keys: all cells of a group share its values. */
  private readonly groups = new Map<GroupValue, Group>();
  private size = 0;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
    private readonly newSum: () => Sum,
  ) {}

  /** The sum of a group in a bucket. Throws InvalidInput when there are too many. */
  at(bucket: CalendarBucket, group: readonly GroupValue[]): Sum {
    const key = keyOf(group);
    return this.sumIn(bucket, this.groups.get(key) ?? this.newGroup(key, [...group]));
  }

  /** The same for a group of one column. */
  atValue(bucket: CalendarBucket, value: GroupValue): Sum {
    return this.sumIn(bucket, this.groups.get(value) ?? this.newGroup(value, [value]));
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

  private sumIn(bucket: CalendarBucket, group: Group): Sum {
    const cells = (this.byBucket[bucket.index] ??= []);
    const cell = (cells[group.index] ??= this.newCell(bucket, group));
    return cell.sum;
  }

  private newCell(bucket: CalendarBucket, { values }: Group): Cell<Sum> {
    if (++this.size > MAX_ITEMS) throw tooMany();
    return { bucket, group: values, sum: this.newSum() };
  }

  private newGroup(key: GroupValue, values: readonly GroupValue[]): Group {
    const group = { index: this.groups.size, values };
    this.groups.set(key, group);
    return group;
  }

  private knownCells(): Cell<Sum>[] {
    return this.byBucket.flatMap((cells) => cells.filter((cell) => cell !== undefined));
  }

  private filledCells(): Cell<Sum>[] {
    const buckets = this.buckets();
    if (this.groups.size === 0 && this.query.groupBy.length === 0) this.newGroup(keyOf([]), []);
    if (buckets.length * this.groups.size > MAX_ITEMS) throw tooMany();
    const groups = [...this.groups.values()];
    return buckets.flatMap((bucket) =>
      groups.map(
        ({ index, values }) =>
          this.byBucket[bucket.index]?.[index] ?? { bucket, group: values, sum: this.newSum() },
      ),
    );
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
