import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Doorbell } from '../../events/log/doorbell.js';
import type { EventStreamQuery } from './feed.dto.js';
import { liveEvents } from './live-events.js';
import { eventFilter } from './log-walk.js';
import { SharedPages } from './shared-pages.js';

/** Proxies give a silent connection up after a minute or half; a client that misses two of these knows that it is cut off. */
const HEARTBEAT_MS = 15_000;

/** What happens? Answers server-sent events, piece by piece, and does not end by itself. */
export class FollowEvents extends Query<AsyncGenerator<Uint8Array | string>> {
  constructor(
    readonly asked: EventStreamQuery,
    /** Aborts when nobody reads on. */
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(FollowEvents)
export class FollowEventsHandler implements IQueryHandler<FollowEvents> {
  constructor(
    private readonly pages: SharedPages,
    private readonly doorbell: Doorbell,
  ) {}

  async execute({ asked: query, signal }: FollowEvents): Promise<AsyncGenerator<Uint8Array | string>> {
    const source = {
      page: (query: Parameters<SharedPages['read']>[0]) => this.pages.read(query),
      doorbell: this.doorbell,
      heartbeatMs: HEARTBEAT_MS,
    };
    const { after = 0, ...wanted } = query;
    return liveEvents(source, { ...eventFilter(wanted), after }, signal);
  }
}
