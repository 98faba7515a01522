import { IsIn, IsInt, Length, Max, Min } from 'class-validator';
import { IsListOf, IsTimeOrDate, Optional } from '../../../validation/fields.js';
import { ObservationsQuery } from '../query/reports-query.dto.js';
import { CENTERS } from './mood-query.js';
import { moodReport } from './mood.report.js';
import { MAPPING_NAMES, type MappingName } from './valence.js';

const MAX_COUNT = 1_000_000_000;
/** Ten years. */
const MAX_PIVOT_DAYS = 3_660;

/** What the report on mood can be asked. */
export class MoodReportQuery extends ObservationsQuery {
  /**
   * Groups, separated by commas; none when left out. An observation is in the group of each of its triggers.
   * `session`, which stands alone, answers how the mood changes from the start to the end of each session.
   */
  @Optional()
  @IsListOf(moodReport.groups)
  groupBy?: string[];

  /**
   * Measures, separated by commas; all but `pac` when left out. `start`, `end` and `change` are those of
   * groupBy=session.
   */
  @Optional()
  @IsListOf(moodReport.measures.map(({ name }) => name))
  measures?: string[];

  /** Leaves out items of fewer observations; 0 when left out. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_COUNT)
  minCount?: number;

  /** What each emotion is worth; `russell-mehrabian-1977` when left out. `GET /v1/reports` has the tables. */
  @Optional()
  @IsIn(MAPPING_NAMES)
  mapping?: MappingName;

  /** Other worths, such as `surprise:0,calm:0.6`: -1..1, at most two decimals, at most 100 emotions. */
  @Optional()
  @Length(1, 20_000)
  valence?: string;

  /**
   * `user` compares each user with the own mean, and counts each user once in an item; `none` when left out.
   */
  @Optional()
  @IsIn(CENTERS)
  center?: (typeof CENTERS)[number];

  /** A local date, such as 2026-06-01: items are of the time before it, or of the time from it on. */
  @Optional()
  @IsTimeOrDate()
  pivot?: string;

  /** Days on each side of `pivot`, unless `from` and `to` say it; 14 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_PIVOT_DAYS)
  pivotDays?: number;
}
