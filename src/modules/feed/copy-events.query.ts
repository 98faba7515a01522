import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { PageQuery } from '../../events/event-page.js';
import { LogPages } from './log-pages.js';
import { LogWalk, eventFilter, type WalkQuery } from './log-walk.js';

/** Copies the log up to a position: one line of JSON per event, as chunks of UTF-8. */
export class CopyEvents extends Query<AsyncGenerator<Uint8Array>> {
  constructor(
    readonly query: WalkQuery,
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
    { after = 0, limit = Infinity, upTo, ...filter }: WalkQuery,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const walk = new LogWalk(eventFilter(filter), after);
    let left = limit;
    let isFirst = true;
    let head = upTo;
    do {
      const next: PageQuery = { ...walk.next({ upTo, limit: left }), format: 'ndjson' };
      const page = await (isFirst ? this.logPages.first(next) : this.logPages.further(next));
      isFirst = false;
      // A log that was reset has become shorter.
      head = Math.min(upTo, page.head);
      walk.advance(page);
      left -= page.events;
      if (page.events > 0) yield page.text;
    } while (walk.after < head && left > 0 && !signal.aborted);
  }
}
