import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Reads } from '../../projections/reads.js';
import type { EventsQuery } from './feed.dto.js';

/** What happened? Answers JSON text in UTF-8. */
export class ReadEvents extends Query<Uint8Array> {
  constructor(readonly asked: EventsQuery) {
    super();
  }
}

@QueryHandler(ReadEvents)
export class ReadEventsHandler implements IQueryHandler<ReadEvents> {
  constructor(private readonly reads: Reads) {}

  execute({ asked }: ReadEvents): Promise<Uint8Array> {
    const { after = 0, limit = 100, types, userId, from, to } = asked;
    return this.reads.eventPage({
      after,
      limit,
      types,
      userId,
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
    });
  }
}
