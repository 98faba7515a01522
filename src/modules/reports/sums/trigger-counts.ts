import type { CalendarBucket, ReportCalendar } from '../query/report-calendar.js';
import type { ResolvedQuery } from '../query/report-query.js';
import { BucketTable, type Cell, type GroupValue } from './bucket-table.js';
import type { IntensitySum } from './intensity-sum.js';

type Kind = 'all' | 'emotion' | 'trigger';

/**
 * The counts behind lift and NPMI: of all observations, of each emotion and of each trigger, in a bucket and
 * the other groups of the query.
 */
export class TriggerCounts {
  private readonly counts: BucketTable<{ count: number }>;
  private readonly emotion: number;
  private readonly trigger: number;

  /** `columns` are the names of the groups' columns. */
  constructor(query: ResolvedQuery, calendar: ReportCalendar, columns: readonly string[]) {
    this.counts = new BucketTable(query, calendar, () => ({ count: 0 }));
    this.emotion = columns.indexOf('emotion');
    this.trigger = columns.indexOf('trigger');
  }

  /** Counts an observation once; the trigger of its group is ignored. */
  addObservation(bucket: CalendarBucket, group: readonly GroupValue[]): void {
    this.at(bucket, group, 'all').count += 1;
    this.at(bucket, group, 'emotion').count += 1;
  }

  /** Counts one trigger of an observation. */
  addTrigger(bucket: CalendarBucket, group: readonly GroupValue[]): void {
    this.at(bucket, group, 'trigger').count += 1;
  }

  /** Lift and NPMI of the pair of a cell; null without observations of it. */
  measure({ bucket, group, sum }: Cell<IntensitySum>): { lift: number | null; npmi: number | null } {
    const pair = sum.count;
    if (pair === 0) return { lift: null, npmi: null };
    const all = this.at(bucket, group, 'all').count;
    const lift =
      (pair * all) / (this.at(bucket, group, 'emotion').count * this.at(bucket, group, 'trigger').count);
    return { lift, npmi: pair === all ? null : Math.log(lift) / -Math.log(pair / all) };
  }

  /** The count of the group without its emotion and its trigger, or with one of the two. */
  private at(bucket: CalendarBucket, group: readonly GroupValue[], kind: Kind): { count: number } {
    const others = group.filter((_, i) => i !== this.emotion && i !== this.trigger);
    const one = kind === 'all' ? null : (group[this[kind]] as GroupValue);
    return this.counts.at(bucket, [kind, one, ...others]);
  }
}
