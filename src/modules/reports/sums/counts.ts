import type { Column } from '../../../formats/column.js';
import type { CalendarBucket, ReportCalendar } from '../query/report-calendar.js';
import type { ResolvedQuery } from '../query/report-query.js';
import { BUCKET_COLUMNS, type Item, type Measure } from '../report.js';
import { BucketTable, type GroupValue } from './bucket-table.js';

/** A measure that counts. */
export function countOf(name: string, formula: string): Measure {
  return { name, type: 'integer', nullable: false, formula };
}

/** Counts of several names by bucket and group. */
export class Counts<Name extends string> {
  private readonly table: BucketTable<Record<Name, number>>;

  constructor(
    query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
    private readonly names: { groups: readonly Column[]; counts: readonly Name[] },
  ) {
    const zero = (): Record<Name, number> =>
      Object.fromEntries(names.counts.map((name) => [name, 0])) as Record<Name, number>;
    this.table = new BucketTable(query, calendar, zero);
  }

  at(bucket: CalendarBucket, group: readonly GroupValue[]): Record<Name, number> {
    return this.table.at(bucket, group);
  }

  items(): Item[] {
    return this.table.cells().map(({ bucket, group, sum }) => {
      const item: Item = { ...this.calendar.shown(bucket) };
      for (const [i, { name }] of this.names.groups.entries()) item[name] = group[i];
      return { ...item, ...sum };
    });
  }
}

/** The columns of counts: the bucket, the groups and the measures that are asked for. */
export function countColumns(
  groups: readonly Column[],
  measures: readonly Measure[],
  { measures: asked }: ResolvedQuery,
): Column[] {
  return [...BUCKET_COLUMNS, ...groups, ...measures.filter(({ name }) => asked.includes(name))];
}
