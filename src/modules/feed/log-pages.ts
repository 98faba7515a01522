import { Injectable } from '@nestjs/common';
import type { EventPage, PageQuery } from '../../events/event-page.js';
import { Patience } from '../../give-way.js';
import { Reads } from '../../projections/reads/reads.js';

/** Pages that long readers read at a time. The others of them wait, each for its turn. */
const MAX_FURTHER_PAGES = 2;

/**
 * Reads pages of the log. A reader's first page is read at once; the further pages of all long readers take
 * turns, so that a small read waits for a few pages, however many and however long the other reads are.
 */
@Injectable()
export class LogPages {
  private reading = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly reads: Reads) {}

  first(query: PageQuery): Promise<EventPage> {
    return this.reads.eventPage(query);
  }

  async further(query: PageQuery): Promise<EventPage> {
    if (this.reading >= MAX_FURTHER_PAGES) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.reading++;
    const patience = new Patience();
    try {
      const page = await this.reads.eventPage(query, { patient: true });
      await patience.giveWay();
      return page;
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.reading--;
    }
  }
}
