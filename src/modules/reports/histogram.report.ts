import type { Column } from '../../formats/column.js';
import { FACT_TYPES } from '../../projections/facts.js';
import type { ReportCalendar } from './query/report-calendar.js';
import type { ResolvedQuery } from './query/report-query.js';
import type { ReportDefinition, ReportResult, ReportRun } from './report.js';
import { Counts, countColumns, countOf } from './sums/counts.js';
import type { UserFacts } from './user-facts.js';

const MEASURES = [countOf('count', 'events of the type')];
const TYPE: Column = { name: 'type', type: 'text', nullable: false };

/** How many events of each type there are, over time. */
export const eventHistogram: ReportDefinition = {
  name: 'events',
  version: 1,
  description: 'How many events of each type there are, over time.',
  parameters: ['from', 'to', 'clock', 'timeZone', 'weekStart', 'bucket', 'users', 'fill'],
  ownParameters: { types: 'Only events of these types, separated by commas.' },
  groups: [],
  measures: MEASURES,
  facts: FACT_TYPES,
  countsRetracted: true,
  // Each type is a group: without any, no bucket is filled.
  resolve: (query) => ({ ...query, groupBy: ['type'] }),
  columns: (query) => countColumns([TYPE], MEASURES, query),
  begin: (query, calendar) => new HistogramRun(query, calendar),
};

class HistogramRun implements ReportRun {
  private readonly counts: Counts<'count'>;
  private readonly types: ReadonlySet<string>;

  constructor(
    query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    this.counts = new Counts(query, calendar, { groups: [TYPE], counts: ['count'] });
    this.types = new Set((query.own.types as string[] | undefined) ?? FACT_TYPES);
  }

  takeUser(user: UserFacts): void {
    user.forEach((fact) => {
      if (!this.types.has(fact.type) || !this.calendar.isIn(fact)) return;
      this.counts.at(this.calendar.bucketOf(fact), [fact.type]).count += 1;
    });
  }

  result(): ReportResult {
    return { items: this.counts.items() };
  }
}
