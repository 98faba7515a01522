import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { FromCaller, refuseOtherUser } from '../../http/access/caller.js';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import type { Caller } from '../../store/keys/access-key.js';
import type { CommandContext } from '../../writer/write-command.js';
import { POSITION_HEADER, POSITION_HEADERS } from '../user-read.js';
import { UseContext, UseContextBody } from './commands/use-context.command.js';
import { contextAnswer, receiptAnswer } from './context-answer.js';
import { ContextAnswer, ContextUsedAnswer, ReceiptAnswer, ReceiptQuery } from './context.dto.js';
import { ReceiptContexts } from './receipt-contexts.js';
import { ReceiptPath } from './receipt-path.dto.js';
import { readReceiptId } from './receipt.js';
import { sendContext } from './send-context.js';

@ApiTags('context')
@Scoped(['chat'], { usersIn: 'body' })
@Controller('v1/receipts/:receiptId')
export class ReceiptsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly contexts: ReceiptContexts,
  ) {}

  /** Renders a context again from the log, byte for byte as it was answered. */
  @Get()
  @MayRefuse(409, 410)
  @ApiProduces('application/json', 'text/plain')
  @ApiOkResponse({ type: ContextAnswer, headers: POSITION_HEADERS })
  async get(
    @Param(valid(ReceiptPath)) { receiptId }: ReceiptPath,
    @Query(validQuery(ReceiptQuery)) { only }: ReceiptQuery,
    @FromCaller() caller: Caller | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContextAnswer | ReceiptAnswer | string> {
    refuseOtherUser(caller, readReceiptId(receiptId).userId);
    const { content, context } = await this.contexts.of(receiptId);
    void reply.header(POSITION_HEADER, content.position);
    if (only) return receiptAnswer(context, content.policyVersion);
    sendContext(reply, receiptId, content.format);
    return contextAnswer(context, content, content.policyVersion);
  }

  /** Records that a context was put before the model for a turn; the same turn again changes nothing. */
  @Post('used')
  @MayRefuse(404, 409, 410)
  @CommandRoute({ status: 200, answer: ContextUsedAnswer })
  async use(
    @Param(valid(ReceiptPath)) { receiptId }: ReceiptPath,
    @Body(valid(UseContextBody)) { turnId }: UseContextBody,
    @FromRequest() commandContext: CommandContext,
    @FromCaller() caller: Caller | null,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseOtherUser(caller, readReceiptId(receiptId).userId);
    const { content, context } = await this.contexts.of(receiptId);
    const input = { receiptId, turnId, memories: context.memories };
    sendWritten(reply, await this.commands.execute(new UseContext(content.userId, input, commandContext)));
  }
}
