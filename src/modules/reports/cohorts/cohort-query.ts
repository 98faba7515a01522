import { InvalidInput } from '../../../errors.js';
import { resolveValence, type SentValence, type ValenceQuery } from '../mood/valence.js';
import { PERIOD_LENGTHS, type PeriodLength } from './user-periods.js';

/** In which periods a user has to be active: in that one, in that or a later one, in one of 1 to that one. */
export const METHODS = ['classic', 'rolling', 'cumulative'] as const;
/** What is measured of each period, beside how many users come back. */
export const MEASURES = ['retention', 'mood', 'turns'] as const;
/** Periods after the one of joining, unless the query says otherwise. */
const PERIODS = 12;

/** The parameters that only the report on cohorts has, checked and complete. */
export interface CohortQuery extends Partial<ValenceQuery> {
  cohortBy: PeriodLength;
  period: PeriodLength;
  periods: number;
  method: (typeof METHODS)[number];
  /** Turns in a period from which on a user counts as active. */
  minReturns: number;
  measure: (typeof MEASURES)[number];
}

/** The same parameters as they are sent. */
export type SentCohorts = Partial<Omit<CohortQuery, 'mapping' | 'valence'>> & SentValence;

/** Fills in the defaults. Throws InvalidInput. */
export function resolveCohorts(sent: SentCohorts): CohortQuery {
  const { mapping, valence, measure = 'retention', ...own } = sent;
  for (const [name, value] of Object.entries({ mapping, valence })) {
    if (measure !== 'mood' && value !== undefined)
      throw InvalidInput.field(name, 'makes sense with measure=mood only');
  }
  return {
    cohortBy: PERIOD_LENGTHS[0],
    period: PERIOD_LENGTHS[0],
    periods: PERIODS,
    method: METHODS[0],
    minReturns: 1,
    ...own,
    measure,
    ...(measure === 'mood' ? resolveValence(sent) : {}),
  };
}
