import { Body, Controller, Get, Param, Put, Query, Res } from '@nestjs/common';
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
import { UserReadQuery } from '../../user-read.dto.js';
import { UserRead } from '../../user-read.js';
import { EditTurn, EditTurnBody } from '../commands/edit-turn.command.js';
import { GetTurn } from '../queries/get-turn.query.js';
import { ListTurns } from '../queries/list-turns.query.js';
import { ListTurnsQuery, TurnDetailAnswer, TurnEditedAnswer, TurnPageAnswer, TurnPath } from './turns.dto.js';

@ApiTags('conversation')
@Scoped(['chat'])
@Controller('v1/users/:userId/turns')
export class TurnsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Lists all turns, or those of one session, the one that was recorded last first. */
  @Get()
  @UserRead(TurnPageAnswer)
  list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(ListTurnsQuery)) query: ListTurnsQuery,
  ): Promise<TurnPageAnswer> {
    return this.queries.execute(new ListTurns(userId, query));
  }

  /**
   * Replaces a turn: what it was is taken back with all that it caused (its emotion, what was learned from it,
   * the memories that were formed from it), and the turn is recorded again under its id, at its place in time.
   * Both are one append.
   */
  @Put(':turnId')
  @MayRefuse(409)
  @CommandRoute({ status: 200, answer: TurnEditedAnswer, conditional: true })
  async edit(
    @Param(valid(TurnPath)) { userId, turnId }: TurnPath,
    @Body(valid(EditTurnBody)) body: EditTurnBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new EditTurn(userId, { ...body, turnId }, context)));
  }

  /** Returns one turn, and what came from it. The ETag is the version for If-Match. */
  @Get(':turnId')
  @UserRead(TurnDetailAnswer)
  async get(
    @Param(valid(TurnPath)) { userId, turnId }: TurnPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TurnDetailAnswer> {
    const turn = await this.queries.execute(new GetTurn(userId, turnId));
    void reply.header('etag', `"${turn.version}"`);
    return turn;
  }
}
