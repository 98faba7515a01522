import type { Column } from '../../formats/column.js';
import type { FactType } from '../../projections/facts.js';
import type { ReportCalendar } from './query/report-calendar.js';
import type { ReportParameter, ResolvedQuery } from './query/report-query.js';
import type { UserFacts } from './user-facts.js';

/** A number that a report can answer, and how it is computed. */
export interface Measure extends Column {
  /** In plain text; names its source where there is one. */
  readonly formula: string;
  /** Left out unless the query's `measures` asks for it. */
  readonly onRequest?: boolean;
}

/** The columns of a bucket; null for the bucket `all` of a range without a start. */
export const BUCKET_COLUMNS: readonly Column[] = [
  { name: 'start', type: 'timestamp', nullable: true },
  { name: 'startLocal', type: 'text', nullable: true },
  { name: 'partial', type: 'boolean', nullable: false },
];

/** One row of an answer, by column. */
export type Item = Record<string, unknown>;

/** The result of a run. Items are in a total order, so that equal answers have equal bytes. */
export interface ReportResult {
  items: Item[];
  summary?: object;
}

/** One computation of a report. Sums are integers, so that no order of users or facts shows in the result. */
export interface ReportRun {
  /** Takes the next user who is among those asked for; they come in the order of their ids, each once. */
  takeUser(user: UserFacts): void;
  /** Throws InvalidInput when there are more than MAX_ITEMS. */
  result(): ReportResult;
}

/** A report: what it reads, what it can be asked, and how it computes. Pure: no clock, no I/O. */
export interface ReportDefinition {
  readonly name: string;
  /** Raised when the same query at the same position gives another answer. */
  readonly version: number;
  readonly description: string;
  /** Which of the one set of parameters it knows. */
  readonly parameters: readonly ReportParameter[];
  /** Parameters that only this report has, with what they mean. */
  readonly ownParameters?: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly measures: readonly Measure[];
  /** What else is computed, by name, in plain text. */
  readonly formulas?: Readonly<Record<string, string>>;
  /** Named tables of numbers that it uses, such as the valence of each emotion. */
  readonly mappings?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The types of the facts that it reads. */
  readonly facts: readonly FactType[];
  /** Whether it also counts events that were taken back: a report on the log itself. */
  readonly countsRetracted?: true;
  /** Checks and completes the query, whose `own` has what was sent. Throws InvalidInput. */
  resolve?(query: ResolvedQuery): ResolvedQuery;
  /** The columns of an item, in order. */
  columns(query: ResolvedQuery): Column[];
  begin(query: ResolvedQuery, calendar: ReportCalendar): ReportRun;
}

/** Most items of one answer, and most buckets of its range; a request for more is refused. */
export const MAX_ITEMS = 100_000;
