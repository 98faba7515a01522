import type { EmotionFact, Fact } from '../../../projections/facts.js';
import { DAY_MS } from '../../calendar.js';
import type { ReportCalendar } from '../query/report-calendar.js';
import type { Bound, ResolvedQuery } from '../query/report-query.js';
import type { GroupValue } from '../sums/bucket-table.js';
import { groupColumns } from '../sums/groups.js';
import { moodQuery, pivotBound } from './mood-query.js';
import { valenceOf, type ValenceOf } from './valence.js';

/** An observed emotion that the report counts. */
export interface Observation {
  fact: EmotionFact;
  /** Valence in units of 1 / VALENCE_SCALE; undefined if the emotion has none. */
  value: number | undefined;
  /** Ms since 1970 UTC, by the clock of the report. */
  at: number;
  /** The local time, ms as if the clock showed UTC. */
  local: number;
}

/** What one query counts. */
export class ObservationReader {
  private readonly valence: ValenceOf;
  private readonly pivot: Bound | undefined;
  private readonly columns: ReturnType<typeof groupColumns>;

  constructor(
    private readonly query: ResolvedQuery,
    private readonly calendar: ReportCalendar,
  ) {
    this.valence = valenceOf(moodQuery(query));
    this.pivot = pivotBound(query);
    this.columns = groupColumns(query.groupBy);
  }

  /** A user's observations in the range, of the emotions and triggers of the query, in time order. */
  read(facts: readonly Fact[]): Observation[] {
    const found: Observation[] = [];
    for (const fact of facts) {
      if (fact.type !== 'emotion.observed' || !this.calendar.isIn(fact) || !this.isAsked(fact)) continue;
      const [at, local] = [this.calendar.timeOf(fact), this.calendar.localOf(fact)];
      found.push({ fact, value: this.valence(fact), at, local });
    }
    return found.toSorted((a, b) => a.at - b.at || a.fact.position - b.fact.position);
  }

  /** The groups in which an observation counts: with groupBy=trigger one for each of its triggers. */
  groupsOf(observation: Observation, userId: string): GroupValue[][] {
    const { fact } = observation;
    const byTrigger = this.query.groupBy.includes('trigger');
    const triggers = byTrigger ? fact.triggers.filter((trigger) => this.hasTrigger(trigger)) : [null];
    const side = this.pivot ? [sideOf(observation, this.pivot)] : [];
    return triggers.map((trigger) => [
      ...side,
      ...this.columns.map((column) => column.valueOf(fact, this.calendar, userId, trigger)),
    ]);
  }

  private hasTrigger(trigger: string): boolean {
    return this.query.triggers?.includes(trigger) ?? true;
  }

  private isAsked({ emotion, triggers }: EmotionFact): boolean {
    if (this.query.emotions && !this.query.emotions.includes(emotion)) return false;
    return !this.query.triggers || triggers.some((trigger) => this.hasTrigger(trigger));
  }
}

/** The series that an observation belongs to: its session; without one, its local day. */
export function seriesOf({ fact, local }: Observation): string | number {
  return fact.sessionId ?? Math.floor(local / DAY_MS);
}

/** Whether an observation is before the pivot or not. */
export function sideOf({ at, local }: Observation, pivot: Bound): 'before' | 'after' {
  return (pivot.isLocal ? local : at) < pivot.at ? 'before' : 'after';
}
