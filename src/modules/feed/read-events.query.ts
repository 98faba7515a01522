import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { PageQuery } from '../../events/event-page.js';
import { LogPages } from './log-pages.js';
import { LogWalk, eventFilter, type WalkQuery } from './log-walk.js';
import type { PageLease } from './page-memory.js';

/** Reads one page of the log as JSON text in UTF-8. */
export class ReadEvents extends Query<Uint8Array> {
  constructor(
    readonly query: WalkQuery,
    readonly memory: PageLease,
    /** Aborts when the client is gone. */
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(ReadEvents)
export class ReadEventsHandler implements IQueryHandler<ReadEvents> {
  constructor(private readonly pages: LogPages) {}

  /** Reads the page in small parts, between which other readers have their turn. */
  async execute({ query, memory, signal }: ReadEvents): Promise<Uint8Array> {
    const { after = 0, limit = 100, upTo, ...filter } = query;
    const walk = new LogWalk(eventFilter(filter), after);
    const parts: Uint8Array[] = [];
    let left = limit;
    let isFirst = true;
    let head = upTo;
    do {
      const next: PageQuery = { ...walk.next({ upTo, limit: left }), format: 'json' };
      const part = await (isFirst ? this.pages.first(next) : this.pages.further(next));
      isFirst = false;
      // A log that was reset has become shorter.
      head = Math.min(upTo, part.head);
      if (!memory.take(part.text.byteLength)) break;
      walk.advance(part);
      left -= part.events;
      if (part.events > 0) parts.push(part.text);
    } while (walk.after < head && left > 0 && !signal.aborted);
    return jsonPage(parts, { nextAfter: walk.after, head });
  }
}

const COMMA = Buffer.from(',');

function jsonPage(parts: readonly Uint8Array[], rest: { nextAfter: number; head: number }): Uint8Array {
  return Buffer.concat([
    Buffer.from('{"items":['),
    ...parts.flatMap((part, i) => (i === 0 ? [part] : [COMMA, part])),
    Buffer.from(`],${JSON.stringify(rest).slice(1)}`),
  ]);
}
