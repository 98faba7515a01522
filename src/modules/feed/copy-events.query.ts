import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { EVENT_FIELDS } from '../../events/event-fields.js';
import type { PageQuery } from '../../events/event-page.js';
import { csvHeader } from '../../formats/csv.js';
import type { RowFormat } from '../../formats/row-format.js';
import { EventCopies } from '../../operations/transfer/event-copies.js';
import { LogPages } from './log-pages.js';
import { LogWalk, eventFilter, type WalkQuery } from './log-walk.js';

/**
 * Copies the log up to a position, in a format of rows, as chunks of bytes; returns the number of its events.
 */
export class CopyEvents extends Query<AsyncGenerator<Uint8Array, number>> {
  constructor(
    readonly query: WalkQuery,
    readonly format: RowFormat,
    /** Aborts when the client is gone. */
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(CopyEvents)
export class CopyEventsHandler implements IQueryHandler<CopyEvents> {
  constructor(
    private readonly logPages: LogPages,
    private readonly copies: EventCopies,
  ) {}

  async execute({ query, format, signal }: CopyEvents): Promise<AsyncGenerator<Uint8Array, number>> {
    if (format !== 'parquet') return this.lines(query, format, signal);
    const { after = 0, limit, upTo, ...filter } = query;
    return this.copies.stream(format, { after, limit, upTo, ...eventFilter(filter) });
  }

  private async *lines(
    { after = 0, limit = Infinity, upTo, ...filter }: WalkQuery,
    format: 'ndjson' | 'csv',
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, number> {
    const header = format === 'csv' ? [Buffer.from(csvHeader(EVENT_FIELDS))] : [];
    const walk = new LogWalk(eventFilter(filter), after);
    let events = 0;
    let head = upTo;
    const isDone = () => walk.after >= head || events >= limit || signal.aborted;
    const query = (): PageQuery => ({ ...walk.next({ upTo, limit: limit - events }), format });
    let next = isDone() ? undefined : this.logPages.first(query());
    while (next) {
      const page = await next;
      // A log that was reset has become shorter.
      head = Math.min(upTo, page.head);
      walk.advance(page);
      events += page.events;
      // Read while this page is sent. What fails is thrown when it is its turn.
      next = isDone() ? undefined : this.logPages.further(query());
      next?.catch(() => undefined);
      // Not sent before a first page that fails, which is answered with its error.
      yield* header.splice(0);
      if (page.events > 0) yield page.text;
    }
    yield* header;
    return events;
  }
}
