import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { UserPath } from '../../http/paths.dto.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import type { CommandContext } from '../../writer/write-command.js';
import { UserListQuery } from '../list-query.dto.js';
import { UserRead } from '../user-read.js';
import { RestoreEvents } from './commands/restore-events.command.js';
import {
  checkSelection,
  RetractEvents,
  RetractEventsBody,
  selectionOf,
} from './commands/retract-events.command.js';
import { ListRetractions } from './queries/list-retractions.query.js';
import { PreviewRetraction } from './queries/preview-retraction.query.js';
import {
  RestoredAnswer,
  RestoreEventsQuery,
  RetractedAnswer,
  RetractionPageAnswer,
  RetractionPath,
} from './retraction.dto.js';

@ApiTags('privacy')
@Scoped(['chat'])
@Controller('v1/users/:userId/retractions')
export class RetractionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /**
   * Takes back turns, emotions, memories or other events, with all that they caused. From then on every answer
   * is that of a log without them; answers about the time before stay what they were. The log keeps the
   * events, marked. `dryRun: true` says what would change and writes nothing.
   */
  @Post()
  @MayRefuse(404, 409)
  @ApiOkResponse({
    type: RetractedAnswer,
    description: 'A dry run, or nothing of the selection counts any more.',
  })
  @CommandRoute({ status: 201, answer: RetractedAnswer, conditional: true })
  async retract(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(RetractEventsBody)) body: RetractEventsBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (body.dryRun) {
      checkSelection(body);
      const answer = await this.queries.execute(new PreviewRetraction(userId, body, selectionOf(body)));
      return void reply.code(200).send(answer);
    }
    sendWritten(reply, await this.commands.execute(new RetractEvents(userId, body, context)));
  }

  /** Lists what was taken back, newest first, also what was restored since. */
  @Get()
  @UserRead(RetractionPageAnswer)
  list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserListQuery)) query: UserListQuery,
  ): Promise<RetractionPageAnswer> {
    return this.queries.execute(new ListRetractions(userId, query));
  }

  /** Undoes a retraction: what it took back counts again. Undoing it again writes nothing. */
  @Delete(':retractionId')
  @MayRefuse(404, 409)
  @CommandRoute({ status: 200, answer: RestoredAnswer, conditional: true })
  async restore(
    @Param(valid(RetractionPath)) { userId, retractionId }: RetractionPath,
    @Query(validQuery(RestoreEventsQuery)) { reason }: RestoreEventsQuery,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const input = reason === undefined ? { retractionId } : { retractionId, reason };
    sendWritten(reply, await this.commands.execute(new RestoreEvents(userId, input, context)));
  }
}
