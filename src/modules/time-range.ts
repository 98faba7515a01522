import type { Filter } from '../database/row-store.js';
import { InvalidInput } from '../errors.js';
import { boundMs } from '../validation/instants.js';

/** The times between which a request asks, as it is sent: RFC 3339, from `from` on and before `to`. */
export interface SentRange {
  from?: string | undefined;
  to?: string | undefined;
}

/** The same in ms since 1970 UTC. */
export interface TimeRange {
  from?: number;
  to?: number;
}

/** Throws InvalidInput for a range that ends before it begins. */
export function timeRange({ from, to }: SentRange): TimeRange {
  const range: TimeRange = {
    ...(from !== undefined && { from: boundMs(from) }),
    ...(to !== undefined && { to: boundMs(to) }),
  };
  if ((range.from ?? -Infinity) > (range.to ?? Infinity))
    throw InvalidInput.field('from', `must not be after to: ${from} is after ${to}`);
  return range;
}

/** Selects the rows whose column is in the range. Throws InvalidInput for a range that ends before it begins. */
export function rangeFilters(column: string, sent: SentRange): Filter[] {
  const { from, to } = timeRange(sent);
  const filters: Filter[] = [];
  if (from !== undefined) filters.push([column, '>=', from]);
  if (to !== undefined) filters.push([column, '<', to]);
  return filters;
}
