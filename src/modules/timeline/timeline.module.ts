import { Module } from '@nestjs/common';
import { GetTimelineHandler } from './get-timeline.query.js';
import { TimelineController } from './timeline.controller.js';

/** When a user changed, over HTTP. */
@Module({ controllers: [TimelineController], providers: [GetTimelineHandler] })
export class TimelineModule {}
