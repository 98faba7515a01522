import type { StoreEvent } from '../../events/event-catalog.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import type { EventQuery, Retraction } from '../../events/log/event-log.js';
import type { Patience } from '../../give-way.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

const EVENTS_PER_PAGE = 200;
/** Positions that one read covers: where few events match, it must not scan the whole log. */
const POSITIONS_PER_PAGE = 20_000;

/** Selects events of the log, all of them or the first `limit`. */
export interface EventRange extends Omit<EventQuery, 'limit' | 'upTo'> {
  /** The last position: events that are appended after it are left out. */
  upTo: number;
  limit?: number | undefined;
}

/**
 * Yields the events of a range, decoded, in order; with `patience`, it gives way between two pages. Throws
 * PoisonEvent at one that cannot be decoded.
 */
export async function* eventRows(
  reader: Pick<StoreReader, 'events'>,
  { after, upTo, limit = Infinity, ...filter }: EventRange,
  patience?: Patience,
): AsyncGenerator<StoreEvent & { retraction?: Retraction }, void> {
  const decoder = new EventDecoder();
  let position = after;
  let left = limit;
  while (position < upTo && left > 0) {
    if (position > after) await patience?.giveWay();
    // One user's events have an index, so their page may cover any distance.
    const end = filter.userId === undefined ? Math.min(upTo, position + POSITIONS_PER_PAGE) : upTo;
    const page = Math.min(left, EVENTS_PER_PAGE);
    const events = await reader.events({ ...filter, after: position, upTo: end, limit: page });
    for (const stored of events) yield decoder.decode(stored);
    left -= events.length;
    position = events.at(-1)?.position ?? end;
  }
}
