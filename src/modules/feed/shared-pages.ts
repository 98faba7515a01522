import { Inject, Injectable } from '@nestjs/common';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Doorbell } from '../../events/log/doorbell.js';
import { LogPages } from './log-pages.js';
import { PacedDoorbell } from './paced-doorbell.js';

/** Reads a page once for all streams that ask for it at the same time, such as those woken by one ring. */
@Injectable()
export class SharedPages {
  private readonly reading = new Map<string, Promise<EventPage>>();

  constructor(
    private readonly pages: LogPages,
    @Inject(PacedDoorbell) private readonly doorbell: Doorbell,
  ) {}

  /** A stream that is `behind` has further pages to read at once. */
  read(query: PageQuery, behind = false): Promise<EventPage> {
    // A read that began before the last ring may lack the events of that ring.
    const key = JSON.stringify([this.doorbell.position, query]);
    const shared = this.reading.get(key);
    if (shared) return shared;
    const page = behind ? this.pages.further(query) : this.pages.first(query);
    const reading = page.finally(() => this.reading.delete(key));
    this.reading.set(key, reading);
    return reading;
  }
}
