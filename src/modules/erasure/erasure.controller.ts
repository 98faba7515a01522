import { Body, Controller, Delete, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { UserPath } from '../../http/paths.dto.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { Backups } from '../../operations/backup/backups.js';
import { Erasures } from '../../operations/erasure/erasures.js';
import type { CommandContext } from '../../writer/write-command.js';
import { EraseUser, EraseUserInput } from './commands/erase-user.command.js';
import { ReopenUser, ReopenUserInput } from './commands/reopen-user.command.js';
import { UserErasedAnswer, UserReopenedAnswer } from './erasure.dto.js';

@ApiTags('privacy')
@Scoped(['erase'])
@Controller('v1/users/:userId')
export class ErasureController {
  constructor(
    private readonly commands: CommandBus,
    private readonly erasures: Erasures,
    private readonly backups: Backups,
  ) {}

  /**
   * Erases a user for good: the data of every event, all rows, search terms and stored answers. Ids, types,
   * times and positions of the events stay. Nothing is written for the user afterwards. The backups are
   * rewritten without the user after the answer: see /v1/ops/rewritings.
   */
  @Delete()
  @MayRefuse(404, 409)
  @CommandRoute({ status: 200, answer: UserErasedAnswer })
  async erase(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(EraseUserInput)) { confirm }: EraseUserInput,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const counted = await this.erasures.count(userId);
    const command = new EraseUser(userId, { confirm }, context).with(counted);
    const written = await this.commands.execute(command);
    await this.erasures.finish();
    await this.backups.rewritings.erased();
    sendWritten(reply, written);
  }

  /**
   * Gives the id of an erased user to a new one, who has nothing of the former. Reads of the time before are
   * 404 still.
   */
  @Post('reopen')
  @MayRefuse(404, 409)
  @CommandRoute({ status: 200, answer: UserReopenedAnswer })
  async reopen(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(ReopenUserInput)) body: ReopenUserInput,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new ReopenUser(userId, body, context)));
  }
}
