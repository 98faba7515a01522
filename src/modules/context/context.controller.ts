import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { MemoryPath, UserPath } from '../../http/paths.dto.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { UserListQuery } from '../list-query.dto.js';
import { UserRead } from '../user-read.js';
import { contextAnswer } from './context-answer.js';
import { ContextAnswer, ContextQuery, MemoryUsePageAnswer } from './context.dto.js';
import { Policies } from './policy/policies.js';
import { GetContext } from './queries/get-context.query.js';
import { ListUses } from './queries/list-uses.query.js';
import { sendContext } from './send-context.js';

/** Tokens of a context when none are asked for. */
const MAX_TOKENS = 1_500;

@ApiTags('context')
@Scoped(['chat'])
@Controller('v1/users/:userId')
export class ContextController {
  constructor(
    private readonly queries: QueryBus,
    private readonly policies: Policies,
  ) {}

  /**
   * Returns what a model should know before it answers the user: who they are, how they feel, the memories
   * that matter now, and the last turns, within a budget of tokens.
   * @remarks Nothing is written. The same position and parameters give the same bytes. Header `Edgesoul-Receipt`
   * is the `receiptId`; with `format=text` the answer is the text alone.
   */
  @Get('context')
  @ApiProduces('application/json', 'text/plain')
  @UserRead(ContextAnswer)
  async context(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(ContextQuery)) query: ContextQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContextAnswer | string> {
    const { q = '', sessionId = null, maxTokens = MAX_TOKENS, format = 'json' } = query;
    const parameters = { q, sessionId, maxTokens, format };
    const policy = this.policies.present;
    const context = await this.queries.execute(new GetContext(userId, parameters, policy));
    sendContext(reply, context.receiptId, format);
    return contextAnswer(context, { userId, ...parameters }, policy.version);
  }

  /**
   * Lists the turns for which a memory was put before the model, newest first.
   * @remarks A context is listed when it has been tied to a turn by `POST /v1/receipts/{receiptId}/used`: reading
   * one writes nothing. The uses of a forgotten memory stay listed.
   */
  @Get('memories/:memoryId/uses')
  @UserRead(MemoryUsePageAnswer)
  uses(
    @Param(valid(MemoryPath)) { userId, memoryId }: MemoryPath,
    @Query(validQuery(UserListQuery)) query: UserListQuery,
  ): Promise<MemoryUsePageAnswer> {
    return this.queries.execute(new ListUses(userId, memoryId, query));
  }
}
