import { IsIn, IsInt, Length, Max, Min } from 'class-validator';
import { ANSWER_FORMATS, type AnswerFormat } from '../../../http/answer-format.js';
import { FACT_TYPES } from '../../../projections/facts.js';
import {
  IsIdList,
  IsLabelList,
  IsListOf,
  IsReportZone,
  IsTimeOrDate,
  Optional,
} from '../../../validation/fields.js';
import { BUCKETS, WEEK_STARTS, type Bucket, type WeekStart } from '../../calendar.js';
import { emotionsReport } from '../emotions.report.js';
import { memoriesReport } from '../memories.report.js';
import { usageReport } from '../usage.report.js';

const CLOCKS = ['occurred', 'recorded'] as const;
const FILLS = ['none', 'zero'] as const;
const COMPARISONS = ['previous', 'year'] as const;
/** Most buckets of a moving average. */
const MAX_WINDOW = 1_000;
const MAX_COUNT = 1_000_000_000;

/** What every report can be asked. */
export class ReportQuery {
  /**
   * The time of an event that `from`, `to` and the buckets go by: when it occurred, or when it was recorded;
   * `occurred` when left out.
   */
  @Optional()
  @IsIn(CLOCKS)
  clock?: (typeof CLOCKS)[number];

  /**
   * The calendar of dates and buckets: UTC, an IANA time zone such as Europe/Berlin, or `event` for the local
   * time that was recorded with each event; UTC when left out.
   */
  @Optional()
  @IsReportZone()
  timeZone?: string;

  /** First day of a week; `monday` when left out. */
  @Optional()
  @IsIn(WEEK_STARTS)
  weekStart?: WeekStart;

  /** Only these users, at most 100, separated by commas. */
  @Optional()
  @IsIdList()
  users?: string[];

  /**
   * Answers as of this position, or as of the last event recorded at or before this RFC 3339 time; the end of
   * the log when left out. Events recorded later are not counted, whenever they occurred.
   */
  @Optional()
  @Length(1, 64)
  asOf?: string;

  /** Format of the answer; left out, `Accept` decides. */
  @Optional()
  @IsIn(ANSWER_FORMATS)
  format?: AnswerFormat;
}

/** What a report over time can be asked. */
export class BucketsQuery extends ReportQuery {
  /**
   * Only what happened at or after this time: an RFC 3339 time, or a date, which is midnight in `timeZone`.
   */
  @Optional()
  @IsTimeOrDate()
  from?: string;

  /** Only what happened before this time. */
  @Optional()
  @IsTimeOrDate()
  to?: string;

  /** Width of a bucket; `day` when left out. A range of more than 100000 buckets is refused. */
  @Optional()
  @IsIn(BUCKETS)
  bucket?: Bucket;

  /** `zero` adds the empty buckets of the range; `none` when left out. */
  @Optional()
  @IsIn(FILLS)
  fill?: (typeof FILLS)[number];
}

/** What a report over groups of users can be asked. */
export class UsersQuery extends BucketsQuery {
  /** Only users who registered at or after this time or date. */
  @Optional()
  @IsTimeOrDate()
  joinedFrom?: string;

  /** Only users who registered before this time or date. */
  @Optional()
  @IsTimeOrDate()
  joinedTo?: string;

  /**
   * Also answers for another range, in `comparison`: as long a one just before, or the same dates a year
   * earlier. Needs `from` and `to`. Formats of rows have both, told apart by the column `period`.
   */
  @Optional()
  @IsIn(COMPARISONS)
  compare?: (typeof COMPARISONS)[number];
}

/** What a report on observed emotions can be asked. */
export class ObservationsQuery extends UsersQuery {
  /** Only these emotions, separated by commas. */
  @Optional()
  @IsLabelList(128)
  emotions?: string[];

  /** Only observations with one of these triggers, separated by commas. */
  @Optional()
  @IsLabelList(256)
  triggers?: string[];

  /** Adds `movingAverage` over this many buckets, up to the one of the item. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_WINDOW)
  window?: number;

  /** Only this many groups: those with the most observations in the whole range. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  top?: number;
}

/** What the report on emotions can be asked. */
export class EmotionsReportQuery extends ObservationsQuery {
  /**
   * Groups, separated by commas; none when left out. An observation is in the group of each of its triggers.
   */
  @Optional()
  @IsListOf(emotionsReport.groups)
  groupBy?: string[];

  /**
   * Measures, separated by commas; count, meanIntensity, variance and share when left out. `lift` and `npmi`
   * need groupBy=trigger, and group by emotion too.
   */
  @Optional()
  @IsListOf(emotionsReport.measures.map(({ name }) => name))
  measures?: string[];

  /** Leaves out items of fewer observations; 5 with lift or npmi, else 0 when left out. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_COUNT)
  minCount?: number;
}

/** What the report on usage can be asked. */
export class UsageReportQuery extends UsersQuery {
  /** Measures, separated by commas; all when left out. */
  @Optional()
  @IsListOf(usageReport.measures.map(({ name }) => name))
  measures?: string[];
}

/** What the report on memories can be asked. */
export class MemoriesReportQuery extends UsersQuery {
  /** Groups, separated by commas; none when left out. */
  @Optional()
  @IsListOf(memoriesReport.groups)
  groupBy?: string[];

  /** Measures, separated by commas; all when left out. */
  @Optional()
  @IsListOf(memoriesReport.measures.map(({ name }) => name))
  measures?: string[];
}

/** What the histogram of events can be asked. */
export class EventHistogramQuery extends BucketsQuery {
  /** Only events of these types, separated by commas. */
  @Optional()
  @IsListOf(FACT_TYPES)
  types?: string[];
}
