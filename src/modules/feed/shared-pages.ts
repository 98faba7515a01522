import { Injectable } from '@nestjs/common';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Doorbell } from '../../events/log/doorbell.js';
import { Reads } from '../../projections/reads/reads.js';

/** Reads a page once for all streams that ask for it at the same time, such as those woken by one ring. */
@Injectable()
export class SharedPages {
  private readonly reading = new Map<string, Promise<EventPage>>();

  constructor(
    private readonly reads: Reads,
    private readonly doorbell: Doorbell,
  ) {}

  read(query: PageQuery): Promise<EventPage> {
    // A read that began before the last ring may lack the events of that ring.
    const key = JSON.stringify([this.doorbell.position, query]);
    const shared = this.reading.get(key);
    if (shared) return shared;
    const reading = this.reads.eventPage(query).finally(() => this.reading.delete(key));
    this.reading.set(key, reading);
    return reading;
  }
}
