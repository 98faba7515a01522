import { InvalidInput } from '../../../errors.js';
import { label } from '../../../events/labels.js';
import { boundMs, isInstant } from '../../../validation/instants.js';
import { canonicalTimeZone } from '../../../validation/time-zone.js';
import { localText, type Bucket } from '../../calendar.js';
import { fixedClock, instantOf, zoneClock } from '../../zone-clock.js';
import { MAX_ITEMS, type ReportDefinition } from '../report.js';
import {
  EVENT_ZONE,
  REPORT_PARAMETERS,
  type Bound,
  type ReportParameter,
  type ResolvedQuery,
  type SentQuery,
} from './report-query.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Mean lengths of the buckets, ms. */
const LENGTHS: Record<Bucket, number> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30.436_875 * DAY_MS,
  quarter: 91.310_625 * DAY_MS,
  year: 365.2425 * DAY_MS,
  all: Infinity,
};

/**
 * Fills in the defaults of a query. Throws InvalidInput for values that do not fit the report or each other.
 */
export function resolveQuery(definition: ReportDefinition, sent: SentQuery & object): ResolvedQuery {
  const { clock = 'occurred', weekStart = 'monday', bucket = 'day', fill = 'none' } = sent;
  const { groups, measures } = definition;
  const timeZone = resolvedZone(sent.timeZone);
  const byDefault = measures.filter(({ onRequest }) => !onRequest).map(({ name }) => name);
  const resolved: ResolvedQuery = {
    ...bounds(sent, timeZone),
    clock,
    timeZone,
    weekStart,
    bucket,
    groupBy: chosen('groupBy', sent.groupBy ?? [], groups),
    measures: chosen(
      'measures',
      sent.measures ?? byDefault,
      measures.map(({ name }) => name),
    ),
    ...filters(sent),
    fill,
    ...limits(sent),
    own: ownOf(sent),
  };
  if (resolved.compare && !(resolved.from && resolved.to))
    throw InvalidInput.field('compare', 'needs from and to: the range to compare');
  return definition.resolve?.(resolved) ?? resolved;
}

/** The lists that were sent; labels in their normal form. */
function filters({ users, emotions, triggers }: SentQuery): Partial<ResolvedQuery> {
  return {
    ...(users && { users: unique(users) }),
    ...(emotions && { emotions: unique(emotions.map(label)) }),
    ...(triggers && { triggers: unique(triggers.map(label)) }),
  };
}

function limits({ window, compare, minCount, top }: SentQuery): Partial<ResolvedQuery> {
  return {
    ...(window !== undefined && { window }),
    ...(compare !== undefined && { compare }),
    ...(minCount !== undefined && { minCount }),
    ...(top !== undefined && { top }),
  };
}

/** Refuses a range of too many buckets; without `to` it ends at `now`, ms since 1970 UTC. */
export function checkRange({ from, to, bucket }: ResolvedQuery, now: number): void {
  if (!from) return;
  const buckets = Math.ceil(((to?.at ?? now) - from.at) / LENGTHS[bucket]);
  if (buckets > MAX_ITEMS)
    throw InvalidInput.field(
      'bucket',
      `must be wider, or the range shorter: it has ${buckets} buckets (${bucket}), and an answer at most ${MAX_ITEMS}`,
    );
}

/** Returns the query as answers show it: what the report knows, times as text. */
export function shownQuery(definition: ReportDefinition, query: ResolvedQuery): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const name of REPORT_PARAMETERS) {
    const value = definition.parameters.includes(name) ? query[name] : undefined;
    if (value !== undefined) shown[name] = isBound(value) ? boundText(value) : value;
  }
  return { ...shown, ...query.own };
}

/** Writes a bound as a parameter that means the same: an instant in UTC, or a date. */
export function boundText({ at, isLocal }: Bound): string {
  return isLocal ? localText(at).slice(0, 10) : new Date(at).toISOString();
}

function isBound(value: unknown): value is Bound {
  return typeof value === 'object' && value !== null && 'isLocal' in value;
}

function resolvedZone(name = 'UTC'): string {
  return name === EVENT_ZONE ? name : canonicalTimeZone(name);
}

function bounds(
  sent: SentQuery,
  timeZone: string,
): Pick<ResolvedQuery, 'from' | 'to' | 'joinedFrom' | 'joinedTo'> {
  const found: Partial<Record<ReportParameter, Bound>> = {};
  for (const name of ['from', 'to', 'joinedFrom', 'joinedTo'] as const) {
    const text = sent[name];
    if (text !== undefined) found[name] = boundOf(text, timeZone);
  }
  for (const [from, to] of [
    ['from', 'to'],
    ['joinedFrom', 'joinedTo'],
  ] as const) {
    const [first, last] = [found[from], found[to]];
    // A date in local time and an instant have no order of their own.
    if (first && last && first.isLocal === last.isLocal && first.at > last.at)
      throw InvalidInput.field(
        from,
        `must not be after ${to}: ${boundText(first)} is after ${boundText(last)}`,
      );
  }
  return found;
}

/** An instant; a plain date is the start of that day in the zone. */
export function boundOf(text: string, timeZone: string): Bound {
  if (isInstant(text)) return { at: boundMs(text), isLocal: false };
  const local = Date.parse(`${text}T00:00:00Z`);
  if (timeZone === EVENT_ZONE) return { at: local, isLocal: true };
  return { at: instantOf(local, zoneClock(timeZone) ?? fixedClock(0)), isLocal: false };
}

/** The chosen names, each once, in the order of the report: the same question has the same answer. */
function chosen(parameter: string, names: readonly string[], known: readonly string[]): string[] {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw InvalidInput.field(parameter, `must be among ${known.join(', ')}; ${unknown} is not`);
  return known.filter((name) => names.includes(name));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}

function ownOf(sent: object): Record<string, unknown> {
  const shared = new Set<string>([...REPORT_PARAMETERS, 'asOf', 'format']);
  return Object.fromEntries(Object.entries(sent).filter(([name]) => !shared.has(name)));
}
