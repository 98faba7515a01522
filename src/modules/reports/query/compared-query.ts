import { DAY_MS } from '../../calendar.js';
import { fixedClock, instantOf, zoneClock, type Clock } from '../../zone-clock.js';
import type { Bound, ResolvedQuery } from './report-query.js';

/**
 * Returns the query over the range that `compare` names, in the local time of the query: as long a range just
 * before (`previous`), or the same dates a year earlier (`year`). Undefined without `compare`.
 */
export function comparedQuery(query: ResolvedQuery): ResolvedQuery | undefined {
  const { compare, from, to } = query;
  if (!compare || !from || !to) return undefined;
  const clock = zoneClock(query.timeZone) ?? fixedClock(0);
  const [start, end] = [localOf(from, clock), localOf(to, clock)];
  const shifted = (bound: Bound, local: number): Bound =>
    bound.isLocal ? { ...bound, at: local } : { ...bound, at: instantOf(local, clock) };
  return compare === 'year'
    ? { ...query, from: shifted(from, yearBefore(start)), to: shifted(to, yearBefore(end)) }
    : { ...query, from: shifted(from, start - (end - start)), to: from };
}

function localOf({ at, isLocal }: Bound, clock: Clock): number {
  return isLocal ? at : at + clock.offsetAt(at);
}

/** The same local time a year earlier; 29 February becomes the 28th. */
function yearBefore(local: number): number {
  const date = new Date(local);
  const earlier = new Date(local).setUTCFullYear(date.getUTCFullYear() - 1);
  return new Date(earlier).getUTCMonth() === date.getUTCMonth() ? earlier : earlier - DAY_MS;
}
