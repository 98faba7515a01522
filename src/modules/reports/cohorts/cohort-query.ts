import { InvalidInput } from '../../../errors.js';
import { resolveValence, type ValenceQuery } from '../mood/valence.js';
import { choiceOf, wholeOf, type OwnParameters } from '../own-parameters.js';
import type { PeriodLength } from './user-periods.js';

/** Periods after the one of joining, at most: a year of days. */
const MAX_PERIODS = 366;
const MAX_RETURNS = 1_000;

/** In which periods a user has to be active: in that one, in that or a later one, in one of 1 to that one. */
export type RetentionMethod = 'classic' | 'rolling' | 'cumulative';

/** The parameters that only the report on cohorts has, checked and complete. */
export interface CohortQuery extends Partial<ValenceQuery> {
  cohortBy: PeriodLength;
  period: PeriodLength;
  periods: number;
  method: RetentionMethod;
  /** Turns in a period from which on a user counts as active. */
  minReturns: number;
  measure: 'retention' | 'mood' | 'turns';
}

/** Throws InvalidInput. */
export function resolveCohorts(own: OwnParameters): CohortQuery {
  const measure = choiceOf(own, 'measure', ['retention', 'mood', 'turns']);
  for (const name of ['mapping', 'valence']) {
    if (measure !== 'mood' && own[name] !== undefined) {
      throw InvalidInput.field(name, 'makes sense with measure=mood only');
    }
  }
  return {
    cohortBy: choiceOf(own, 'cohortBy', ['week', 'day', 'month']),
    period: choiceOf(own, 'period', ['week', 'day', 'month']),
    periods: wholeOf(own, 'periods', { min: 0, max: MAX_PERIODS, absent: 12 }),
    method: choiceOf(own, 'method', ['classic', 'rolling', 'cumulative']),
    minReturns: wholeOf(own, 'minReturns', { min: 1, max: MAX_RETURNS, absent: 1 }),
    measure,
    ...(measure === 'mood' ? resolveValence(own) : {}),
  };
}
