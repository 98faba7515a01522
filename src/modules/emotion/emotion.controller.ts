import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { UserPath } from '../../http/paths.dto.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import type { CommandContext } from '../../writer/write-command.js';
import { UserRead } from '../user-read.js';
import { ObserveEmotion, ObserveEmotionBody } from './commands/observe-emotion.command.js';
import {
  EmotionObservedAnswer,
  EmotionsAnswer,
  EmotionsQuery,
  EmotionTrendAnswer,
  EmotionTrendQuery,
} from './emotion.dto.js';
import { GetEmotionTrend } from './queries/get-emotion-trend.query.js';
import { ListEmotions } from './queries/list-emotions.query.js';

@ApiTags('emotions')
@Scoped(['chat'])
@Controller('v1/users/:userId/emotions')
export class EmotionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Records an emotion observed outside a turn; a turn records its own. */
  @Post()
  @CommandRoute({ status: 201, answer: EmotionObservedAnswer })
  async observe(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(ObserveEmotionBody)) body: ObserveEmotionBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new ObserveEmotion(userId, body, context)));
  }

  /** Returns each emotion of the user with its frequency, intensity, triggers, hours and trend. */
  @Get()
  @UserRead(EmotionsAnswer)
  list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(EmotionsQuery)) query: EmotionsQuery,
  ): Promise<EmotionsAnswer> {
    return this.queries.execute(new ListEmotions(userId, query));
  }

  /** Returns counts and mean intensities by hour, day, week or month. */
  @Get('trend')
  @UserRead(EmotionTrendAnswer)
  trend(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(EmotionTrendQuery)) query: EmotionTrendQuery,
  ): Promise<EmotionTrendAnswer> {
    return this.queries.execute(new GetEmotionTrend(userId, query));
  }
}
