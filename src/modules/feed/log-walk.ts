import type { EventPage } from '../../events/event-page.js';
import type { EventQuery } from '../../events/log/event-log.js';
import type { EventsQuery } from './feed.dto.js';

/** Which events a walk along the log gives, wherever it is. */
export type Matching = Pick<EventQuery, 'types' | 'userId' | 'from' | 'to'>;

/** Events in the first page, and at most in one: a page is read in milliseconds and whoever is slow holds little. */
const FIRST_PAGE = 16;
const LARGEST_PAGE = 256;
/** Positions in one page: where few events match, a page must not scan the whole log for them. */
const SPAN = 20_000;

/** Which events those parameters of a request ask for. */
export function matching({ types, userId, from, to }: Omit<EventsQuery, 'after' | 'limit'>): Matching {
  return { types, userId, from: instant(from), to: instant(to) };
}

/** A walk along the log in bounded pages. */
export class LogWalk {
  private size = FIRST_PAGE;

  constructor(
    private readonly wanted: Matching,
    private position: number,
  ) {}

  /** Everything up to here has been given. */
  get after(): number {
    return this.position;
  }

  /** What to read next, of no more events and no further than it says. */
  next({ upTo = Infinity, limit = Infinity } = {}): EventQuery {
    // One user's events have an index, which leads over any distance.
    const end = Math.min(upTo, this.wanted.userId === undefined ? this.position + SPAN : Infinity);
    return {
      ...this.wanted,
      after: this.position,
      limit: Math.min(limit, this.size),
      upTo: end === Infinity ? undefined : end,
    };
  }

  /** Goes on behind the page; false at the end of the log. */
  pass({ events, nextAfter, head }: EventPage): boolean {
    const isBehind = nextAfter < head;
    // Pages that grow, but not beyond what one holds: events are read before it shows how large they are. All who are
    // at the head ask for pages of the same size, and so share them.
    if (!isBehind) this.size = FIRST_PAGE;
    else if (events >= this.size) this.size = Math.min(2 * this.size, LARGEST_PAGE);
    else if (events > 0 && nextAfter < this.position + SPAN) this.size = Math.max(events, 1);
    this.position = Math.max(this.position, nextAfter);
    return isBehind;
  }
}

function instant(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
