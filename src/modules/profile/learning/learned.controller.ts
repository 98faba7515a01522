import { Controller, Delete, Get, Param, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../../http/access/scoped.js';
import { FromRequest } from '../../../http/command-context.js';
import { CommandRoute } from '../../../http/command-route.js';
import { MayRefuse } from '../../../http/declared-answers.js';
import { UserPath } from '../../../http/paths.dto.js';
import { sendWritten } from '../../../http/send-written.js';
import { valid, validQuery } from '../../../http/valid.pipe.js';
import type { CommandContext } from '../../../writer/write-command.js';
import { UserListQuery } from '../../list-query.dto.js';
import { UserRead } from '../../user-read.js';
import { UnlearnPreference } from '../commands/unlearn-preference.command.js';
import { ListLearned } from '../queries/list-learned.query.js';
import { LearnedEvents } from './learned-events.js';
import { LearnedPageAnswer, LearnedPath, UnlearnedAnswer } from './learned.dto.js';

@ApiTags('profile')
@Scoped(['chat'])
@Controller('v1/users/:userId/profile/learned')
export class LearnedController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly events: LearnedEvents,
  ) {}

  /** Lists what messages taught about the user, and where it came from, newest first. */
  @Get()
  @UserRead(LearnedPageAnswer)
  list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserListQuery)) query: UserListQuery,
  ): Promise<LearnedPageAnswer> {
    return this.queries.execute(new ListLearned(userId, query));
  }

  /** Undoes a learned preference; undoing it again writes nothing. */
  @Delete(':eventId')
  @MayRefuse(404)
  @CommandRoute({ status: 200, answer: UnlearnedAnswer, conditional: true })
  async undo(
    @Param(valid(LearnedPath)) { userId, eventId }: LearnedPath,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const learnedPosition = await this.events.positionOf(userId, eventId);
    sendWritten(
      reply,
      await this.commands.execute(new UnlearnPreference(userId, { learnedPosition }, context)),
    );
  }
}
