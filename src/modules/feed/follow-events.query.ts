import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { EventStreamQuery } from './feed.dto.js';
import { liveEvents } from './live-events.js';
import { eventFilter } from './log-walk.js';
import { PacedDoorbell } from './paced-doorbell.js';
import { SharedPages } from './shared-pages.js';

/** Proxies drop a silent connection after 30 to 60 s. A client missing two heartbeats knows it is cut off. */
const HEARTBEAT_MS = 15_000;

/** Follows the log as server-sent events; the stream does not end by itself. */
export class FollowEvents extends Query<AsyncGenerator<Uint8Array | string>> {
  constructor(
    readonly query: EventStreamQuery,
    /** Aborts when the client is gone. */
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(FollowEvents)
export class FollowEventsHandler implements IQueryHandler<FollowEvents> {
  constructor(
    private readonly pages: SharedPages,
    private readonly doorbell: PacedDoorbell,
  ) {}

  async execute({ query, signal }: FollowEvents): Promise<AsyncGenerator<Uint8Array | string>> {
    const source = {
      page: (...page: Parameters<SharedPages['read']>) => this.pages.read(...page),
      doorbell: this.doorbell,
      heartbeatMs: HEARTBEAT_MS,
    };
    const { after = 0, ...filter } = query;
    return liveEvents(source, { ...eventFilter(filter), after }, signal);
  }
}
