import { Injectable } from '@nestjs/common';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Doorbell } from '../../events/log/doorbell.js';
import { Reads } from '../../projections/reads/reads.js';

/** Pages that several streams ask for at once, as all do that one ring has woken, are read once. */
@Injectable()
export class SharedPages {
  private readonly reading = new Map<string, Promise<EventPage>>();

  constructor(
    private readonly reads: Reads,
    private readonly doorbell: Doorbell,
  ) {}

  read(query: PageQuery): Promise<EventPage> {
    // A read that began before the last ring may not know of what was rung.
    const key = JSON.stringify([this.doorbell.position, query]);
    const known = this.reading.get(key);
    if (known) return known;
    const reading = this.reads.eventPage(query).finally(() => this.reading.delete(key));
    this.reading.set(key, reading);
    return reading;
  }
}
