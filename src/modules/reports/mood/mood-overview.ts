import { hourOfDay } from '../../calendar.js';
import type { CalendarBucket, ReportCalendar } from '../query/report-calendar.js';
import type { ResolvedQuery } from '../query/report-query.js';
import { cosinor, MIN_COSINOR_HOURS } from '../statistics/cosinor.js';
import { MIN_TREND_POINTS } from '../statistics/trend.js';
import { MoodTransitions } from './mood-transitions.js';
import { moodChanges, moodTrend, type BucketMean } from './mood-trend.js';
import { MoodValues, type UserCenter } from './mood-values.js';
import type { Observation } from './observations.js';
import { PivotChange } from './pivot-change.js';
import { Unmapped } from './unmapped.js';

/** Summary of all observations of a report, whatever their groups. */
export class MoodOverview {
  private readonly buckets = new Map<CalendarBucket, MoodValues>();
  private readonly hours = new Map<number, MoodValues>();
  private readonly unmapped = new Unmapped();
  private readonly pivot: PivotChange | undefined;
  private readonly transitions: MoodTransitions | undefined;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    this.pivot = PivotChange.of(query);
    if (query.groupBy.includes('emotion')) this.transitions = new MoodTransitions();
  }

  /** Takes all observations of a user, in time order; `center` if users are compared with themselves. */
  takeUser(observations: readonly Observation[], center: UserCenter | undefined): void {
    this.unmapped.take(observations);
    this.pivot?.takeUser(observations);
    this.transitions?.takeUser(observations);
    addTo(
      this.buckets,
      byKey(observations, ({ fact }) => this.calendar.bucketOf(fact)),
      center,
    );
    if (!this.query.groupBy.includes('hourOfDay')) return;
    addTo(
      this.hours,
      byKey(observations, ({ local }) => hourOfDay(local)),
      center,
    );
  }

  summary(): object {
    const sorted = [...this.buckets].toSorted(([a], [b]) => a.start - b.start || a.local - b.local);
    const means = sorted.map(([bucket, values]): BucketMean => [bucket, values.moments.mean() ?? NaN]);
    const trend = moodTrend(means);
    const changes = moodChanges(means);
    const reasons = {
      ...(trend.slopePerDay === null && {
        slopePerDay: `fewer than ${MIN_TREND_POINTS} buckets with a mean`,
      }),
      ...(typeof changes === 'string' && { changePoints: changes }),
    };
    return {
      ...trend,
      changePoints: typeof changes === 'string' ? null : changes,
      ...this.unmapped.summary(),
      ...this.rhythm(),
      ...(this.pivot && { pivot: this.pivot.summary() }),
      ...this.transitions?.summary(),
      ...(Object.keys(reasons).length > 0 && { reasons }),
    };
  }

  private rhythm(): object {
    if (!this.query.groupBy.includes('hourOfDay')) return {};
    const hours = [...this.hours].toSorted(([a], [b]) => a - b);
    const fitted = cosinor(hours.map(([hour, values]) => [hour, values.moments.mean() ?? NaN]));
    const reason = `fewer than ${MIN_COSINOR_HOURS} hours, or means that do not differ`;
    return { rhythm: fitted ? { ...fitted, n: hours.length } : { n: hours.length, reason } };
  }
}

function byKey<K>(
  observations: readonly Observation[],
  keyOf: (observation: Observation) => K,
): Map<K, number[]> {
  const lists = new Map<K, number[]>();
  for (const observation of observations) {
    if (observation.value === undefined) continue;
    const key = keyOf(observation);
    const list = lists.get(key);
    if (list) list.push(observation.value);
    else lists.set(key, [observation.value]);
  }
  return lists;
}

function addTo<K>(all: Map<K, MoodValues>, lists: Map<K, number[]>, center: UserCenter | undefined): void {
  for (const [key, values] of lists) {
    let sums = all.get(key);
    if (!sums) all.set(key, (sums = new MoodValues(center !== undefined)));
    sums.addUser(values, center);
  }
}
