import { Module } from '@nestjs/common';
import { CopyEventsHandler } from './copy-events.query.js';
import { FeedController } from './feed.controller.js';
import { FollowEventsHandler } from './follow-events.query.js';
import { LogPages } from './log-pages.js';
import { OpenFeedHandler } from './open-feed.query.js';
import { OpenStreams } from './open-streams.js';
import { PageMemory } from './page-memory.js';
import { ReadEventsHandler } from './read-events.query.js';
import { SharedPages } from './shared-pages.js';

/** The log over HTTP: pages, NDJSON copies and live streams. */
@Module({
  controllers: [FeedController],
  providers: [
    OpenFeedHandler,
    ReadEventsHandler,
    CopyEventsHandler,
    FollowEventsHandler,
    LogPages,
    SharedPages,
    { provide: OpenStreams, useFactory: () => new OpenStreams() },
    PageMemory,
  ],
})
export class FeedModule {}
