import type { Fact } from '../../projections/facts.js';
import type { CalendarBucket, ReportCalendar } from './query/report-calendar.js';
import type { ResolvedQuery } from './query/report-query.js';
import type { ReportDefinition, ReportResult, ReportRun } from './report.js';
import { Counts, countColumns, countOf } from './sums/counts.js';
import type { UserFacts } from './user-facts.js';

const MEASURES = [
  countOf('turns', 'turn.recorded events'),
  countOf('sessions', 'session.started events: a session that is taken up again after its end counts again'),
  countOf('memoriesFormed', 'memory.formed events'),
  countOf('memoriesForgotten', 'memory.forgotten events'),
  countOf('recalls', 'memory.recalled events: one for each reply that used memories'),
  countOf('emotions', 'emotion.observed events'),
  countOf('activeUsers', 'users with a turn.recorded in the bucket'),
  countOf('newUsers', 'user.registered events'),
];

type UsageCount =
  | 'turns'
  | 'sessions'
  | 'memoriesFormed'
  | 'memoriesForgotten'
  | 'recalls'
  | 'emotions'
  | 'activeUsers'
  | 'newUsers';

/** The count that each type of event adds to. */
const COUNTED: Partial<Record<Fact['type'], UsageCount>> = {
  'turn.recorded': 'turns',
  'session.started': 'sessions',
  'memory.formed': 'memoriesFormed',
  'memory.forgotten': 'memoriesForgotten',
  'memory.recalled': 'recalls',
  'emotion.observed': 'emotions',
  'user.registered': 'newUsers',
};

/** How much the service is used. */
export const usageReport: ReportDefinition = {
  name: 'usage',
  version: 1,
  description: 'How much the companion is used: turns, sessions, memories, emotions and users.',
  parameters: [
    'from',
    'to',
    'clock',
    'timeZone',
    'weekStart',
    'bucket',
    'measures',
    'users',
    'joinedFrom',
    'joinedTo',
    'fill',
    'compare',
  ],
  groups: [],
  measures: MEASURES,
  facts: Object.keys(COUNTED) as Fact['type'][],
  columns: (query) => countColumns([], MEASURES, query),
  begin: (query, calendar) => new UsageRun(query, calendar),
};

class UsageRun implements ReportRun {
  private readonly counts: Counts<UsageCount>;

  constructor(
    query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    const counts = MEASURES.map(({ name }) => name as UsageCount);
    this.counts = new Counts(query, calendar, { groups: [], counts });
  }

  takeUser(user: UserFacts): void {
    const active = new Set<CalendarBucket>();
    user.forEach((fact) => {
      const counted = COUNTED[fact.type];
      if (!counted || !this.calendar.isIn(fact)) return;
      const bucket = this.calendar.bucketOf(fact);
      const counts = this.counts.at(bucket, []);
      counts[counted] += 1;
      if (counted !== 'turns' || active.has(bucket)) return;
      active.add(bucket);
      counts.activeUsers += 1;
    });
  }

  result(): ReportResult {
    return { items: this.counts.items() };
  }
}
