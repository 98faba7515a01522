import type { Bucket, WeekStart } from '../../calendar.js';

/** The one set of parameters that reports share; each knows those that make sense for it. */
export const REPORT_PARAMETERS = [
  'from',
  'to',
  'clock',
  'timeZone',
  'weekStart',
  'bucket',
  'groupBy',
  'measures',
  'users',
  'emotions',
  'triggers',
  'joinedFrom',
  'joinedTo',
  'fill',
  'window',
  'compare',
  'minCount',
  'top',
] as const;

/** The name of a parameter of the one set. */
export type ReportParameter = (typeof REPORT_PARAMETERS)[number];

/** The time of an event that counts: when it occurred, or when the service recorded it. */
export type ReportClock = 'occurred' | 'recorded';

/** The zone in which each event counts at the local time that was recorded with it. */
export const EVENT_ZONE = 'event';

/** The end of a range, ms. */
export interface Bound {
  /** Ms since 1970 UTC; of a local bound, as if the user's clock showed UTC. */
  at: number;
  /** A plain date where each event counts at its own local time: the same date, at other instants. */
  isLocal: boolean;
}

/** What a report is asked, with every default filled in. Plain data: it crosses threads. */
export interface ResolvedQuery {
  from?: Bound;
  to?: Bound;
  clock: ReportClock;
  /** `UTC`, `event` or the name of an IANA zone. */
  timeZone: string;
  weekStart: WeekStart;
  bucket: Bucket;
  groupBy: readonly string[];
  measures: readonly string[];
  users?: readonly string[];
  /** In their normal form, as are the triggers. */
  emotions?: readonly string[];
  triggers?: readonly string[];
  joinedFrom?: Bound;
  joinedTo?: Bound;
  fill: 'none' | 'zero';
  window?: number;
  compare?: 'previous' | 'year';
  minCount?: number;
  top?: number;
  /** The report's own parameters. */
  own: Readonly<Record<string, unknown>>;
}

/** A query as it was sent, after its types were checked. */
export type SentQuery = Partial<{
  from: string;
  to: string;
  clock: ReportClock;
  timeZone: string;
  weekStart: WeekStart;
  bucket: Bucket;
  groupBy: readonly string[];
  measures: readonly string[];
  users: readonly string[];
  emotions: readonly string[];
  triggers: readonly string[];
  joinedFrom: string;
  joinedTo: string;
  fill: 'none' | 'zero';
  window: number;
  compare: 'previous' | 'year';
  minCount: number;
  top: number;
}>;
