import { VALENCE_SCALE } from '../mood/valence.js';
import { ExactSum } from '../statistics/exact-sum.js';
import type { CohortQuery } from './cohort-query.js';
import type { UserCourse } from './user-course.js';

/** One period of a cohort, over the users whose period is complete. */
export interface CohortPeriod {
  period: number;
  /** Users of the cohort whose period is over; the others do not count yet. */
  complete: number;
  /** Those of them that were active. */
  users: number;
  /** users / complete; null while it is over for nobody. */
  rate: number | null;
  /** With measure=turns: turns / complete. With measure=mood: the mean valence of n observations, -1..1. */
  mean?: number | null;
  n?: number;
  turns?: number;
}

/** Users who joined in the same day, week or month, added up. */
export class Cohort {
  size = 0;
  private readonly complete: Uint32Array;
  private readonly users: Uint32Array;
  private readonly turns: Float64Array;
  private readonly observations: Float64Array;
  private readonly valences: ExactSum[] = [];

  constructor(private readonly query: CohortQuery) {
    const length = query.periods + 1;
    this.complete = new Uint32Array(length);
    this.users = new Uint32Array(length);
    const { measure } = query;
    this.turns = new Float64Array(measure === 'turns' ? length : 0);
    this.observations = new Float64Array(measure === 'mood' ? length : 0);
    if (measure === 'mood') this.valences = Array.from({ length }, () => new ExactSum());
  }

  /** Adds a user, of whose periods the first `complete` are over: the others do not count. */
  add(course: UserCourse, complete: number): void {
    this.size += 1;
    for (const [k, doings] of course.doings().slice(0, complete).entries()) {
      this.complete[k]! += 1;
      if (doings.isActive) this.users[k]! += 1;
      if (this.query.measure === 'turns') this.turns[k]! += doings.turns;
      if (this.query.measure !== 'mood') continue;
      this.observations[k]! += doings.observations;
      this.valences[k]!.add(doings.valence);
    }
  }

  periods(): CohortPeriod[] {
    return Array.from(this.complete, (complete, period) => {
      const users = this.users[period]!;
      const rate = complete === 0 ? null : users / complete;
      return { period, complete, users, rate, ...this.measured(period, complete) };
    });
  }

  private measured(period: number, complete: number): Pick<CohortPeriod, 'mean' | 'n' | 'turns'> {
    const { measure } = this.query;
    if (measure === 'retention') return {};
    if (measure === 'turns') {
      const turns = this.turns[period]!;
      return { turns, mean: complete === 0 ? null : turns / complete };
    }
    const n = this.observations[period]!;
    return { n, mean: n === 0 ? null : Number(this.valences[period]!.total()) / (n * VALENCE_SCALE) };
  }
}
