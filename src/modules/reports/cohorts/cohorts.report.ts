import { InvalidInput } from '../../../errors.js';
import type { Fact } from '../../../projections/facts.js';
import { DAY_MS, localStart, localText } from '../../calendar.js';
import { VALENCE_MAPPINGS, valenceOf, type ValenceQuery } from '../mood/valence.js';
import type { ReportCalendar } from '../query/report-calendar.js';
import type { ResolvedQuery } from '../query/report-query.js';
import { MAX_ITEMS, type ReportDefinition, type ReportResult, type ReportRun } from '../report.js';
import type { UserFacts } from '../user-facts.js';
import { resolveCohorts, type CohortQuery } from './cohort-query.js';
import { Cohort } from './cohort.js';
import { UserCourse } from './user-course.js';
import { periodOf, periodStart } from './user-periods.js';

/** Whether users come back: by when they joined, and by how long ago that was. */
export const cohortsReport: ReportDefinition = {
  name: 'cohorts',
  version: 1,
  description: 'Of the users who joined in the same day, week or month: how many are active later.',
  parameters: ['clock', 'timeZone', 'weekStart', 'users', 'joinedFrom', 'joinedTo'],
  ownParameters: {
    cohortBy: 'How users are put together by the day on which they joined: week (default), day or month.',
    period: 'The length of a period: week (default), day or month.',
    periods: 'The last period: 0..366, 12 if absent; period 0 is that of joining.',
    method: 'In which periods a user has to be active: classic (default), rolling or cumulative.',
    minReturns: 'Turns in one period from which on a user counts as active: 1..1000, 1 if absent.',
    measure: 'retention (default), turns or mood: the last two add a mean.',
    mapping: 'With measure=mood: what each emotion is worth; see the report on mood.',
    valence: 'With measure=mood: other worths; see the report on mood.',
  },
  groups: [],
  measures: [],
  formulas: {
    cohort:
      'Users by the local day of their first user.registered, in the zone of the report; a week starts on weekStart.',
    period:
      'Period k starts k days, weeks or months after the local day on which the user joined; period 0 is that ' +
      'of joining. A month starts on the same day of the month, or on its last day.',
    complete: 'Users of the cohort whose period k is over at the time of asOf: the denominator.',
    users:
      'Those of them with at least minReturns turn.recorded in period k (classic), in period k or a later one ' +
      '(rolling), or in one of the periods 1 to k (cumulative; period 0 itself is classic).',
    rate: 'users / complete; null while the period is over for nobody.',
    mean:
      'measure=turns: turns / complete. measure=mood: sum of V(emotion) x intensity / n over the observations of ' +
      'these periods.',
  },
  mappings: VALENCE_MAPPINGS,
  facts: ['user.registered', 'turn.recorded', 'emotion.observed'],
  resolve: (query) => ({ ...query, own: { ...resolveCohorts(query.own) } }),
  columns: () => [
    { name: 'cohort', type: 'text', nullable: false },
    { name: 'size', type: 'integer', nullable: false },
    { name: 'periods', type: 'json', nullable: false },
  ],
  begin: (query, calendar) => new CohortsRun(query, calendar),
};

class CohortsRun implements ReportRun {
  private readonly own: CohortQuery;
  private readonly cohorts = new Map<number, Cohort>();
  private readonly all: Cohort;
  private readonly valence: ReturnType<typeof valenceOf> | undefined;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    this.own = query.own as unknown as CohortQuery;
    this.all = new Cohort(this.own);
    if (this.own.measure === 'mood') this.valence = valenceOf(this.own as ValenceQuery);
  }

  takeUser({ registered, facts }: UserFacts): void {
    if (!registered) return;
    const first = this.dayOf(registered);
    const course = new UserCourse(this.own);
    for (const fact of facts) this.take(course, first, fact);
    const complete = this.completePeriods(first);
    this.cohortOf(first).add(course, complete);
    this.all.add(course, complete);
  }

  result(): ReportResult {
    const cohorts = [...this.cohorts].toSorted(([a], [b]) => a - b);
    const items = cohorts.map(([start, cohort]) => ({
      cohort: localText(start).slice(0, 10),
      size: cohort.size,
      periods: cohort.periods(),
    }));
    return { items, summary: { size: this.all.size, periods: this.all.periods() } };
  }

  private take(course: UserCourse, first: number, fact: Fact): void {
    if (fact.type === 'turn.recorded') course.addTurn(this.periodOf(first, fact));
    if (fact.type !== 'emotion.observed' || !this.valence) return;
    const valence = this.valence(fact);
    if (valence !== undefined) course.addObservation(this.periodOf(first, fact), valence);
  }

  private cohortOf(first: number): Cohort {
    const start = localStart(first * DAY_MS, this.own.cohortBy, this.query.weekStart);
    let cohort = this.cohorts.get(start);
    if (cohort) return cohort;
    cohort = new Cohort(this.own);
    this.cohorts.set(start, cohort);
    if (this.cohorts.size * (this.own.periods + 1) > MAX_ITEMS) {
      throw InvalidInput.field(
        'periods',
        `would make more than ${MAX_ITEMS} periods; ask for fewer, or longer cohorts`,
      );
    }
    return cohort;
  }

  /** How many periods, from 0 on, are over. */
  private completePeriods(first: number): number {
    const today = this.calendar.today();
    let complete = 0;
    while (complete <= this.own.periods && periodStart(first, this.own.period, complete + 1) <= today)
      complete += 1;
    return complete;
  }

  private periodOf(first: number, fact: Fact): number {
    return periodOf(first, this.own.period, this.dayOf(fact));
  }

  private dayOf(fact: Fact): number {
    return Math.floor(this.calendar.localOf(fact) / DAY_MS);
  }
}
