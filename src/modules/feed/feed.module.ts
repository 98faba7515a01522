import { Module } from '@nestjs/common';
import { FeedController } from './feed.controller.js';
import { ReadEventsHandler } from './read-events.query.js';

/** What happened, in order. */
@Module({ controllers: [FeedController], providers: [ReadEventsHandler] })
export class FeedModule {}
