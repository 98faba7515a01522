import type { EventPage } from '../../events/event-page.js';
import type { EventQuery } from '../../events/log/event-log.js';
import type { EventsQuery } from './feed.dto.js';

/** Which events a walk along the log gives, wherever it is. */
export type EventFilter = Pick<EventQuery, 'types' | 'userId' | 'from' | 'to'>;

/** Events in the first page, and at most in one: a page is read in milliseconds and whoever is slow holds little. */
const FIRST_PAGE_EVENTS = 16;
const MAX_PAGE_EVENTS = 256;
/** Positions in one page: where few events match, a page must not scan the whole log for them. */
const POSITIONS_PER_PAGE = 20_000;

/** Which events those parameters of a request ask for. */
export function eventFilter({ types, userId, from, to }: Omit<EventsQuery, 'after' | 'limit'>): EventFilter {
  return { types, userId, from: instant(from), to: instant(to) };
}

/** A walk along the log in bounded pages. */
export class LogWalk {
  private size = FIRST_PAGE_EVENTS;

  constructor(
    private readonly filter: EventFilter,
    private position: number,
  ) {}

  /** Everything up to here has been given. */
  get after(): number {
    return this.position;
  }

  /** What to read next, of no more events and no further than it says. */
  next({ upTo = Infinity, limit = Infinity } = {}): EventQuery {
    // One user's events have an index, which leads over any distance.
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

  /** Goes on behind the page; false at the end of the log. */
  advance({ events, nextAfter, head }: EventPage): boolean {
    const isBehind = nextAfter < head;
    // Pages that grow, but not beyond what one holds: events are read before it shows how large they are. All who are
    // at the head ask for pages of the same size, and so share them.
    if (!isBehind) this.size = FIRST_PAGE_EVENTS;
    else if (events >= this.size) this.size = Math.min(2 * this.size, MAX_PAGE_EVENTS);
    else if (events > 0 && nextAfter < this.position + POSITIONS_PER_PAGE) this.size = Math.max(events, 1);
    this.position = Math.max(this.position, nextAfter);
    return isBehind;
  }
}

function instant(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
