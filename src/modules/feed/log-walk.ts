import type { EventPage } from '../../events/event-page.js';
import type { EventQuery } from '../../events/log/event-log.js';
import { NOW } from '../../events/log/retraction/retraction-marks.js';
import { timeRange } from '../time-range.js';
import type { EventsQuery } from './feed.dto.js';

/** Selects the events that a walk along the log returns. */
export type EventFilter = Pick<EventQuery, 'types' | 'userId' | 'from' | 'to'>;

/** What a request wants to read of the log, up to a position. */
export interface WalkQuery extends EventsQuery {
  upTo: number;
}

/** Events in a page: reading them takes milliseconds. A page of large events ends earlier. */
const EVENTS_PER_PAGE = 256;
/** Positions that one page covers: where few events match, a page must not scan the whole log. */
const POSITIONS_PER_PAGE = 20_000;

/** Returns the event filter of a request's query. */
export function eventFilter({
  types,
  userId,
  from,
  to,
}: Omit<EventsQuery, 'after' | 'limit' | 'format'>): EventFilter {
  return { types, userId, ...timeRange({ from, to }) };
}

/** A walk along the log in bounded pages. */
export class LogWalk {
  constructor(
    private readonly filter: EventFilter,
    private position: number,
  ) {}

  /** The walk has returned everything up to this position. */
  get after(): number {
    return this.position;
  }

  /** Returns the query for the next page: at most `limit` events, none after `upTo`. */
  next({ upTo = Infinity, limit = Infinity } = {}): EventQuery {
    // One user's events have an index, so their page may cover any distance.
    const end = Math.min(
      upTo,
      this.filter.userId === undefined ? this.position + POSITIONS_PER_PAGE : Infinity,
    );
    return {
      ...this.filter,
      after: this.position,
      limit: Math.min(limit, EVENTS_PER_PAGE),
      retractedAsOf: NOW,
      upTo: end === Infinity ? undefined : end,
    };
  }

  /** Moves past the page. Returns false at the head of the log. */
  advance({ nextAfter, head }: EventPage): boolean {
    this.position = Math.max(this.position, nextAfter);
    return nextAfter < head;
  }
}
