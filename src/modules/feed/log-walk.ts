import type { EventPage } from '../../events/event-page.js';
import type { EventQuery } from '../../events/log/event-log.js';
import { boundMs } from '../../validation/instants.js';
import type { EventsQuery } from './feed.dto.js';

/** Selects the events that a walk along the log returns. */
export type EventFilter = Pick<EventQuery, 'types' | 'userId' | 'from' | 'to'>;

/** Events in the first and the largest page: reading one takes milliseconds, and slow clients hold few. */
const FIRST_PAGE_EVENTS = 16;
const MAX_PAGE_EVENTS = 256;
/** Positions that one page covers: where few events match, a page must not scan the whole log. */
const POSITIONS_PER_PAGE = 20_000;

/** Returns the event filter of a request's query. */
export function eventFilter({ types, userId, from, to }: Omit<EventsQuery, 'after' | 'limit'>): EventFilter {
  return { types, userId, from: bound(from), to: bound(to) };
}

/** A walk along the log in bounded pages. */
export class LogWalk {
  private size = FIRST_PAGE_EVENTS;

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
      limit: Math.min(limit, this.size),
      upTo: end === Infinity ? undefined : end,
    };
  }

  /** Moves past the page. Returns false at the head of the log. */
  advance({ events, nextAfter, head }: EventPage): boolean {
    const isBehind = nextAfter < head;
    // A full page doubles the next one. A page cut short by large events shrinks it, because rows are read
    // before their size is known. At the head all streams use the first size, so that they share their pages.
    if (!isBehind) this.size = FIRST_PAGE_EVENTS;
    else if (events >= this.size) this.size = Math.min(2 * this.size, MAX_PAGE_EVENTS);
    else if (events > 0 && nextAfter < this.position + POSITIONS_PER_PAGE) this.size = Math.max(events, 1);
    this.position = Math.max(this.position, nextAfter);
    return isBehind;
  }
}

function bound(time: string | undefined): number | undefined {
  return time === undefined ? undefined : boundMs(time);
}
