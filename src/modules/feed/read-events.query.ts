import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Reads } from '../../projections/reads/reads.js';
import type { EventsQuery } from './feed.dto.js';
import { eventFilter } from './log-walk.js';

/** Reads one page of the log as JSON text in UTF-8. */
export class ReadEvents extends Query<Uint8Array> {
  constructor(readonly query: EventsQuery) {
    super();
  }
}

@QueryHandler(ReadEvents)
export class ReadEventsHandler implements IQueryHandler<ReadEvents> {
  constructor(private readonly reads: Reads) {}

  async execute({ query: { after = 0, limit = 100, ...filter } }: ReadEvents): Promise<Uint8Array> {
    const page = await this.reads.eventPage({ ...eventFilter(filter), after, limit, format: 'json' });
    return page.text;
  }
}
