import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { PageQuery } from '../../events/event-page.js';
import type { EventsQuery } from './feed.dto.js';
import { LogPages } from './log-pages.js';
import { LogWalk, eventFilter } from './log-walk.js';

/** Copies the log up to its present head: one line of JSON per event, as chunks of UTF-8. */
export class CopyEvents extends Query<AsyncGenerator<Uint8Array>> {
  constructor(
    readonly query: EventsQuery,
    /** Aborts when the client is gone. */
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(CopyEvents)
export class CopyEventsHandler implements IQueryHandler<CopyEvents> {
  constructor(private readonly logPages: LogPages) {}

  async execute({ query, signal }: CopyEvents): Promise<AsyncGenerator<Uint8Array>> {
    return this.pages(query, signal);
  }

  private async *pages(
    { after = 0, limit = Infinity, ...filter }: EventsQuery,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const walk = new LogWalk(eventFilter(filter), after);
    let left = limit;
    let head: number | undefined;
    do {
      const next: PageQuery = { ...walk.next({ upTo: head, limit: left }), format: 'ndjson' };
      const page = await (head === undefined ? this.logPages.first(next) : this.logPages.further(next));
      walk.advance(page);
      head ??= page.head;
      left -= page.events;
      if (page.events > 0) yield page.text;
    } while (walk.after < head && left > 0 && !signal.aborted);
  }
}
