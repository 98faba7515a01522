import { Body, Controller, Delete, Param, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { NoBody } from '../../http/paths.dto.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validIfSent, validQuery } from '../../http/valid.pipe.js';
import { Reads } from '../../projections/reads/reads.js';
import type { CommandContext, Written } from '../../writer/write-command.js';
import { UserLog } from '../user-log.js';
import { RetractEvents } from './commands/retract-events.command.js';
import {
  RestoreEventsQuery,
  RetractedAnswer,
  RetractedObservationPath,
  RetractedTurnPath,
} from './retraction.dto.js';

const NOTHING_LEFT = { type: RetractedAnswer, description: 'It was taken back before.' };

/** Retractions of a single turn and a single observation, as the deletion of what other routes return. */
@ApiTags('privacy')
@Scoped(['chat'])
@Controller('v1/users/:userId')
export class SingleRetractionsController {
  private readonly log: UserLog;

  constructor(
    private readonly commands: CommandBus,
    reads: Reads,
  ) {
    this.log = new UserLog(reads);
  }

  /** Takes a turn back with all that it caused: the same as a retraction of its id. */
  @Delete('turns/:turnId')
  @MayRefuse(409)
  @ApiOkResponse(NOTHING_LEFT)
  @CommandRoute({ status: 201, answer: RetractedAnswer, conditional: true })
  async turn(
    @Param(valid(RetractedTurnPath)) { userId, turnId }: RetractedTurnPath,
    @Query(validQuery(RestoreEventsQuery)) { reason }: RestoreEventsQuery,
    @Body(validIfSent(NoBody)) _body: NoBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.retract(userId, { turnIds: [turnId] }, { reason, context }));
  }

  /** Takes one observed emotion back: the same as a retraction of its event. */
  @Delete(['emotions/observations/:eventId', 'emotions/:eventId'])
  @MayRefuse(409)
  @ApiOkResponse(NOTHING_LEFT)
  @CommandRoute({ status: 201, answer: RetractedAnswer, conditional: true })
  async observation(
    @Param(valid(RetractedObservationPath)) { userId, eventId }: RetractedObservationPath,
    @Query(validQuery(RestoreEventsQuery)) { reason }: RestoreEventsQuery,
    @Body(validIfSent(NoBody)) _body: NoBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.log.observation(userId, eventId);
    const eventIds = [found?.eventId ?? eventId];
    sendWritten(reply, await this.retract(userId, { eventIds }, { reason, context }));
  }

  private retract(
    userId: string,
    what: { turnIds: string[] } | { eventIds: string[] },
    { reason, context }: { reason: string | undefined; context: CommandContext },
  ): Promise<Written> {
    const input = reason === undefined ? what : { ...what, reason };
    return this.commands.execute(new RetractEvents(userId, input, context));
  }
}
