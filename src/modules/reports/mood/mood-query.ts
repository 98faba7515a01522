import { InvalidInput } from '../../../errors.js';
import { isTimeOrDate } from '../../../validation/instants.js';
import { DAY_MS, localText } from '../../calendar.js';
import type { Bound, ResolvedQuery } from '../query/report-query.js';
import { boundOf } from '../query/resolve-query.js';
import { groupColumns } from '../sums/groups.js';
import { resolveValence, type SentValence, type ValenceQuery } from './valence.js';

/** The measures of sessions, and no others, are answered with groupBy=session. */
export const SESSION_MEASURES: readonly string[] = ['start', 'end', 'change'];
/** Days on each side of a pivot, unless the query says otherwise. */
const PIVOT_DAYS = 14;
/** What values can be compared with. */
export const CENTERS = ['none', 'user'] as const;

/** The parameters that only the report on mood has, checked and complete. */
export interface MoodQuery extends ValenceQuery {
  /** `user`: values are distances from the user's own mean. */
  center: (typeof CENTERS)[number];
  /** The local date with which `after` begins; the report covers pivotDays days before it and from it on. */
  pivot?: string;
  pivotDays?: number;
}

/** The same parameters as they are sent. */
type SentMood = SentValence & Partial<Pick<MoodQuery, 'center' | 'pivot' | 'pivotDays'>>;

/** Fills in the parameters of the report on mood. Throws InvalidInput. */
export function resolveMood(query: ResolvedQuery): ResolvedQuery {
  const { center = 'none', ...sent } = query.own as SentMood;
  const pivot = resolvePivot(sent);
  const own: MoodQuery = { ...resolveValence(sent), center, ...pivot };
  const bySession = query.groupBy.includes('session');
  if (bySession) refuseBesideSessions(query, own);
  const measures = query.measures.filter((name) => SESSION_MEASURES.includes(name) === bySession);
  if (measures.length === 0 && !bySession)
    throw InvalidInput.field('measures', `${query.measures.join(', ')} make sense with groupBy=session only`);
  return {
    ...query,
    ...(pivot && aroundPivot(query, pivot)),
    measures: measures.length === 0 ? SESSION_MEASURES : measures,
    own: { ...own },
  };
}

type Pivot = Required<Pick<MoodQuery, 'pivot' | 'pivotDays'>>;

function resolvePivot({ pivot, pivotDays }: SentMood): Pivot | undefined {
  if (pivot === undefined) {
    if (pivotDays === undefined) return undefined;
    throw InvalidInput.field('pivotDays', 'makes sense with pivot only');
  }
  if (pivot.length > '2026-06-01'.length || !isTimeOrDate(pivot))
    throw InvalidInput.field('pivot', 'must be a date that exists, such as 2026-06-01');
  return { pivot, pivotDays: pivotDays ?? PIVOT_DAYS };
}

/** The range of a query with a pivot, as far as the query does not say it. */
function aroundPivot(query: ResolvedQuery, { pivot, pivotDays }: Pivot): Pick<ResolvedQuery, 'from' | 'to'> {
  const bound = (days: number): Bound =>
    boundOf(localText(Date.parse(pivot) + days * DAY_MS).slice(0, 10), query.timeZone);
  return { from: query.from ?? bound(-pivotDays), to: query.to ?? bound(pivotDays) };
}

function refuseBesideSessions(query: ResolvedQuery, own: MoodQuery): void {
  if (query.groupBy.length > 1) {
    throw InvalidInput.field('groupBy', 'session cannot be combined: each session is an item of its own');
  }
  if (own.center === 'user') {
    throw InvalidInput.field('center', 'makes no sense with groupBy=session: a change needs no center');
  }
  if (query.fill === 'zero') {
    throw InvalidInput.field('fill', 'makes no sense with groupBy=session: sessions have no buckets');
  }
  if (query.window !== undefined) {
    throw InvalidInput.field('window', 'makes no sense with groupBy=session: sessions have no buckets');
  }
  if (query.top !== undefined) {
    throw InvalidInput.field(
      'top',
      'makes no sense with groupBy=session: each session is an item of its own',
    );
  }
}

/** The own parameters of a query that `resolveMood` has completed. */
export function moodQuery(query: ResolvedQuery): MoodQuery {
  return query.own as unknown as MoodQuery;
}

/**
 * The names of the columns by which items are grouped: the side of the pivot, if there is one, comes first.
 */
export function groupNames(query: ResolvedQuery): string[] {
  const names = groupColumns(query.groupBy).map(({ name }) => name);
  return moodQuery(query).pivot === undefined ? names : ['pivot', ...names];
}

/** Where the report is cut in two; undefined for a query without a pivot. */
export function pivotBound(query: ResolvedQuery): Bound | undefined {
  const { pivot } = moodQuery(query);
  return pivot === undefined ? undefined : boundOf(pivot, query.timeZone);
}
