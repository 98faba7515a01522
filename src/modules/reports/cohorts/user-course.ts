import type { CohortQuery } from './cohort-query.js';

/** What one user did in one or several periods. */
export interface Doings {
  turns: number;
  observations: number;
  /** Sum of the valences of the observations, in units of 1 / VALENCE_SCALE. */
  valence: number;
  /** Whether there is a period among them with enough turns. */
  isActive: boolean;
}

const NOTHING: Doings = { turns: 0, observations: 0, valence: 0, isActive: false };

/** What one user did in each period since joining. */
export class UserCourse {
  private readonly periods = new Map<number, Doings>();

  constructor(private readonly query: Pick<CohortQuery, 'periods' | 'method' | 'minReturns'>) {}

  /** Adds a turn; what was before the user joined, in a negative period, does not count. */
  addTurn(period: number): void {
    const doings = this.in(period);
    doings.turns += 1;
    doings.isActive = doings.turns >= this.query.minReturns;
  }

  addObservation(period: number, valence: number): void {
    const doings = this.in(period);
    doings.observations += 1;
    doings.valence += valence;
  }

  /**
   * What counts for each period from 0 to the last one of the query: by the classic method what was done in
   * it; by the rolling one, in it and later; by the cumulative one, in all from 1 to it. Period 0, in which
   * the user joined, is classic by the cumulative method as well.
   */
  doings(): Doings[] {
    const each = Array.from({ length: this.query.periods + 1 }, (_, k) => this.periods.get(k) ?? NOTHING);
    if (this.query.method === 'classic') return each;
    if (this.query.method === 'rolling') return accumulate(each.toReversed(), this.later()).toReversed();
    return [each[0] ?? NOTHING, ...accumulate(each.slice(1), NOTHING)];
  }

  private later(): Doings {
    let later = NOTHING;
    for (const [k, doings] of this.periods) if (k > this.query.periods) later = plus(later, doings);
    return later;
  }

  private in(period: number): Doings {
    let doings = this.periods.get(period);
    if (!doings) this.periods.set(period, (doings = { ...NOTHING }));
    return doings;
  }
}

function accumulate(each: readonly Doings[], start: Doings): Doings[] {
  let sum = start;
  return each.map((doings) => (sum = plus(sum, doings)));
}

function plus(a: Doings, b: Doings): Doings {
  return {
    turns: a.turns + b.turns,
    observations: a.observations + b.observations,
    valence: a.valence + b.valence,
    isActive: a.isActive || b.isActive,
  };
}
