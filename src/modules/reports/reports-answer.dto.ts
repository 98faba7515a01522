/** The place in the log of which an answer is. */
export class ReportPointAnswer {
  position: number;
  /** When the event at the position was recorded; null before the first event. */
  recordedAt: string | null;
}

/** What the numbers of an answer depend on beside the log. */
export class ReportDefinitionsAnswer {
  /** Version of the report. */
  version: number;
  /** Name of the table of numbers that the report uses. */
  mapping?: string;
  /** Release of the time zone database. */
  tzdata: string;
  /** Position of the last erasure, which changes answers about the past; 0 if there was none. */
  erasureEpoch: number;
}

/** What the answers of all reports have in common. */
export class ReportAnswer {
  report: string;
  /** The query with every default filled in. */
  query: Record<string, unknown>;
  asOf: ReportPointAnswer;
  /** Position of the last event that the answer knows of. An answer as of a position stays the same. */
  head: number;
  definitions: ReportDefinitionsAnswer;
}

/** One bucket. */
export class BucketAnswer {
  /**
   * The instant at which it starts; with timeZone=event, as a clock that shows UTC has it; null for `all`
   * without from.
   */
  start: string | null;
  /** The start in local time, without an offset. */
  startLocal: string | null;
  /** Whether the range cuts it off, or it was not over when the last event was recorded. */
  partial: boolean;
}

/** The emotions of one group in a bucket. */
export class EmotionsItem extends BucketAnswer {
  emotion?: string;
  userId?: string;
  trigger?: string;
  /** Hour of the local day, 0..23. */
  hourOfDay?: number;
  /** 1 is Monday, 7 Sunday. */
  weekday?: number;
  sessionId?: string | null;
  count?: number;
  meanIntensity?: number | null;
  /** Population variance of the intensity. */
  variance?: number | null;
  /** Count by that of all observations of the bucket. */
  share?: number | null;
  lift?: number | null;
  npmi?: number | null;
  movingAverage?: number | null;
}

/** The range that a report is compared with. */
export class EmotionsComparison {
  query: Record<string, unknown>;
  items: EmotionsItem[];
}

/** The report on emotions; items by time, then by group. */
export class EmotionsReportAnswer extends ReportAnswer {
  items: EmotionsItem[];
  comparison?: EmotionsComparison;
}

/** The usage in a bucket. */
export class UsageItem extends BucketAnswer {
  turns?: number;
  sessions?: number;
  memoriesFormed?: number;
  memoriesForgotten?: number;
  recalls?: number;
  emotions?: number;
  activeUsers?: number;
  newUsers?: number;
}

/** The range that a report is compared with. */
export class UsageComparison {
  query: Record<string, unknown>;
  items: UsageItem[];
}

/** The report on usage; items by time. */
export class UsageReportAnswer extends ReportAnswer {
  items: UsageItem[];
  comparison?: UsageComparison;
}

/** The memories of one group in a bucket. */
export class MemoriesItem extends BucketAnswer {
  type?: string | null;
  userId?: string;
  formed?: number;
  revised?: number;
  forgotten?: number;
  recalled?: number;
  neverRecalled?: number;
}

/** The range that a report is compared with. */
export class MemoriesComparison {
  query: Record<string, unknown>;
  items: MemoriesItem[];
}

/** The report on memories; items by time, then by group. */
export class MemoriesReportAnswer extends ReportAnswer {
  items: MemoriesItem[];
  comparison?: MemoriesComparison;
}

/** The events of one type in a bucket. */
export class EventsItem extends BucketAnswer {
  type: string;
  count: number;
}

/** The histogram of events; items by time, then by type. */
export class EventHistogramAnswer extends ReportAnswer {
  items: EventsItem[];
}

/** A number that a report can answer. */
export class MeasureAnswer {
  name: string;
  type: string;
  /** Whether it is answered when `measures` is left out. */
  byDefault: boolean;
  formula: string;
}

/** A report that there is. */
export class ListedReport {
  name: string;
  path: string;
  version: number;
  description: string;
  parameters: string[];
  /** The parameters that only this report has, and what they mean. */
  ownParameters: Record<string, string>;
  groups: string[];
  measures: MeasureAnswer[];
  /** What else is computed, by name. */
  formulas: Record<string, string>;
  /** Tables of numbers that the report uses, by name, such as the valence of each emotion. */
  mappings: Record<string, Record<string, number>>;
}

/** The reports that there are. */
export class ReportsAnswer {
  items: ListedReport[];
}
