import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { EventPageAnswer, EventsQuery, UserEventsQuery } from './feed.dto.js';
import { ReadEvents } from './read-events.query.js';

@ApiTags('events')
@Controller('v1')
export class FeedController {
  constructor(private readonly queries: QueryBus) {}

  /** A page of the whole log, in commit order and without gaps. */
  @Get('events')
  @ApiOkResponse({ type: EventPageAnswer })
  events(@Query(validQuery(EventsQuery)) asked: EventsQuery, @Res() reply: FastifyReply): Promise<void> {
    return this.send(asked, reply);
  }

  /** A page of one user's events. */
  @Get('users/:userId/events')
  @ApiOkResponse({ type: EventPageAnswer })
  userEvents(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserEventsQuery)) asked: UserEventsQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.send({ ...asked, userId }, reply);
  }

  private async send(asked: EventsQuery, reply: FastifyReply): Promise<void> {
    const page = await this.queries.execute(new ReadEvents(asked));
    void reply
      .type('application/json; charset=utf-8')
      .send(Buffer.from(page.buffer, page.byteOffset, page.byteLength));
  }
}
