import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { NoBody, SessionPath, UserPath } from '../../http/paths.dto.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validIfSent, validQuery } from '../../http/valid.pipe.js';
import type { CommandContext } from '../../writer/write-command.js';
import { UserListQuery } from '../list-query.dto.js';
import { UserReadQuery } from '../user-read.dto.js';
import { UserRead } from '../user-read.js';
import { EndSession } from './commands/end-session.command.js';
import { RecordTurn, RecordTurnBody } from './commands/record-turn.command.js';
import {
  ConversationAnswer,
  SessionEndedAnswer,
  SessionPageAnswer,
  TurnRecordedAnswer,
} from './conversation.dto.js';
import { GetConversation } from './queries/get-conversation.query.js';
import { ListSessions } from './queries/list-sessions.query.js';

@ApiTags('conversation')
@Scoped(['chat'])
@Controller('v1/users/:userId')
export class ConversationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Records one exchange; the start of its session and its emotion are written in the same append. */
  @Post('turns')
  @CommandRoute({ status: 201, answer: TurnRecordedAnswer })
  async record(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(RecordTurnBody)) body: RecordTurnBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new RecordTurn(userId, body, context)));
  }

  /** Ends a session; ending it again changes nothing. */
  @Post('sessions/:sessionId/end')
  @CommandRoute({ status: 200, answer: SessionEndedAnswer })
  async end(
    @Param(valid(SessionPath)) { userId, sessionId }: SessionPath,
    @Body(validIfSent(NoBody)) _body: NoBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new EndSession(userId, { sessionId }, context)));
  }

  /** Returns the window of the user's current session: the one with the latest activity. */
  @Get('conversation')
  @UserRead(ConversationAnswer)
  current(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
  ): Promise<ConversationAnswer> {
    return this.queries.execute(new GetConversation(userId));
  }

  /** Returns the window of one session. */
  @Get('sessions/:sessionId')
  @UserRead(ConversationAnswer)
  session(
    @Param(valid(SessionPath)) { userId, sessionId }: SessionPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
  ): Promise<ConversationAnswer> {
    return this.queries.execute(new GetConversation(userId, sessionId));
  }

  /**
   * Lists all sessions, newest first.
   * @remarks Ordered by when the first recorded turn of each happened. A turn that arrives late may give a
   * session an earlier `startedAt`, but does not move it in the list.
   */
  @Get('sessions')
  @UserRead(SessionPageAnswer)
  sessions(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserListQuery)) query: UserListQuery,
  ): Promise<SessionPageAnswer> {
    return this.queries.execute(new ListSessions(userId, query));
  }
}
