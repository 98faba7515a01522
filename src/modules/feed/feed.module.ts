import { Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { Doorbell } from '../../events/log/doorbell.js';
import { EventCopies } from '../../operations/transfer/event-copies.js';
import { Store } from '../../store/store.js';
import { CopyEventsHandler } from './copy-events.query.js';
import { FeedController } from './feed.controller.js';
import { FollowEventsHandler } from './follow-events.query.js';
import { LogPages } from './log-pages.js';
import { OpenFeedHandler } from './open-feed.query.js';
import { OpenStreams } from './open-streams.js';
import { PacedDoorbell } from './paced-doorbell.js';
import { PageMemory } from './page-memory.js';
import { ReadEventsHandler } from './read-events.query.js';
import { SharedPages } from './shared-pages.js';

/**
 * While commits follow each other, followers are woken at most this often, ms: a commit may come every 5 ms, and
 * each ring costs a read, and for every follower a write.
 */
const FOLLOWERS_PAUSE_MS = 50;

/** The log over HTTP: pages, copies and live streams. */
@Module({
  controllers: [FeedController],
  providers: [
    OpenFeedHandler,
    ReadEventsHandler,
    CopyEventsHandler,
    FollowEventsHandler,
    LogPages,
    SharedPages,
    {
      provide: PacedDoorbell,
      inject: [Doorbell],
      useFactory: (doorbell: Doorbell) => new PacedDoorbell(doorbell, FOLLOWERS_PAUSE_MS),
    },
    { provide: OpenStreams, useFactory: () => new OpenStreams() },
    { provide: EventCopies, inject: [Store], useFactory: ({ address }: Store) => new EventCopies(address) },
    PageMemory,
  ],
})
export class FeedModule implements BeforeApplicationShutdown {
  constructor(private readonly copies: EventCopies) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.copies.close();
  }
}
