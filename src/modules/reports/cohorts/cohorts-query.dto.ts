import { IsIn, IsInt, Length, Max, Min } from 'class-validator';
import { IsTimeOrDate, Optional } from '../../../validation/fields.js';
import { MAPPING_NAMES, type MappingName } from '../mood/valence.js';
import { ReportQuery } from '../query/reports-query.dto.js';
import { MEASURES, METHODS } from './cohort-query.js';
import { PERIOD_LENGTHS, type PeriodLength } from './user-periods.js';

/** Periods after that of joining, at most: a year of days. */
const MAX_PERIODS = 366;
const MAX_RETURNS = 1_000;

/** What the report on cohorts can be asked. */
export class CohortsReportQuery extends ReportQuery {
  /** Only users who registered at or after this time or date. */
  @Optional()
  @IsTimeOrDate()
  joinedFrom?: string;

  /** Only users who registered before this time or date. */
  @Optional()
  @IsTimeOrDate()
  joinedTo?: string;

  /** How users are put together by the local day on which they joined; `week` when left out. */
  @Optional()
  @IsIn(PERIOD_LENGTHS)
  cohortBy?: PeriodLength;

  /** Length of a period, which starts on the user's own first local day; `week` when left out. */
  @Optional()
  @IsIn(PERIOD_LENGTHS)
  period?: PeriodLength;

  /** The last period; period 0 is that of joining. 12 when left out. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_PERIODS)
  periods?: number;

  /**
   * In which periods a user has to be active for period k: in k (`classic`, when left out), in k or later
   * (`rolling`), or in one of 1 to k (`cumulative`).
   */
  @Optional()
  @IsIn(METHODS)
  method?: (typeof METHODS)[number];

  /** Turns in one period from which on a user counts as active; 1 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_RETURNS)
  minReturns?: number;

  /** `turns` and `mood` add what these users did in these periods; `retention` when left out. */
  @Optional()
  @IsIn(MEASURES)
  measure?: (typeof MEASURES)[number];

  /** With measure=mood: what each emotion is worth; `russell-mehrabian-1977` when left out. */
  @Optional()
  @IsIn(MAPPING_NAMES)
  mapping?: MappingName;

  /** With measure=mood: other worths, such as `surprise:0,calm:0.6`. */
  @Optional()
  @Length(1, 20_000)
  valence?: string;
}
