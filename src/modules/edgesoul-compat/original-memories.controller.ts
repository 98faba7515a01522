import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { NotFound } from '../../errors.js';
import { FromCaller, refuseOtherUser } from '../../http/access/caller.js';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validTolerant, validTolerantQuery } from '../../http/valid.pipe.js';
import type { Caller } from '../../store/keys/access-key.js';
import { NOT_BLANK } from '../../validation/fields.js';
import type { CommandContext } from '../../writer/write-command.js';
import { ForgetMemory } from '../memory/commands/forget-memory.command.js';
import { ListMemories } from '../memory/queries/list-memories.query.js';
import { SearchMemories } from '../memory/queries/search-memories.query.js';
import {
  OriginalCleared,
  OriginalForgetQuery,
  OriginalMemoriesQuery,
  OriginalMemory,
  OriginalSearchBody,
} from './original-memories.dto.js';
import { allMemories, originalMemory } from './original-memories.js';
import { COMPATIBILITY, daysAgo, ORIGINAL_PREFIX } from './original-names.js';
import { RefuseErased } from './refuse-erased.interceptor.js';

const DAYS = 30;
const LIMIT = 20;
const REASON = 'The user cleared their memories.';

@ApiTags(COMPATIBILITY)
@Scoped(['chat'])
@Controller(`${ORIGINAL_PREFIX}/memories`)
export class OriginalMemoriesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Lists the memories of the last days, newest first. */
  @Get(':userId')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({ type: [OriginalMemory] })
  async list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validTolerantQuery(OriginalMemoriesQuery)) { memory_type: type, ...query }: OriginalMemoriesQuery,
  ): Promise<OriginalMemory[]> {
    const from = daysAgo(query.days ?? DAYS, Date.now());
    const limit = query.limit ?? LIMIT;
    const { items } = await this.queries.execute(
      new ListMemories(userId, { from, limit, ...(type !== undefined && { type }) }),
    );
    return items.map((memory) => originalMemory(userId, memory));
  }

  /** Returns the memories that best match a question, best first. Writes nothing; a recall is a command. */
  @Post('search')
  @UseInterceptors(RefuseErased)
  @Scoped(['chat'], { usersIn: 'body' })
  @HttpCode(200)
  @ApiOkResponse({ type: [OriginalMemory] })
  async search(
    @Body(validTolerant(OriginalSearchBody)) body: OriginalSearchBody,
    @FromCaller() caller: Caller | null,
  ): Promise<OriginalMemory[]> {
    const { user_id: userId, query: q } = body;
    refuseOtherUser(caller, userId);
    const { memory_types: types, limit, min_confidence: minConfidence } = body;
    if (!NOT_BLANK.test(q)) return [];
    const { items } = await this.queries.execute(
      new SearchMemories(userId, {
        q,
        ...(types && types.length > 0 && { types }),
        ...(typeof limit === 'number' && { limit }),
        ...(typeof minConfidence === 'number' && { minConfidence }),
      }),
    );
    return items.map((memory) => originalMemory(userId, memory));
  }

  /** Forgets all memories of a user, or those of a type. One that is formed during it may stay. */
  @Delete(':userId')
  @ApiOkResponse({ type: OriginalCleared })
  async clear(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validTolerantQuery(OriginalForgetQuery)) { memory_type: type }: OriginalForgetQuery,
    @FromRequest() context: CommandContext,
  ): Promise<OriginalCleared> {
    // Forgetting twice is the same as once, so that a retry needs no key.
    const forgetting = { actor: context.actor, correlationId: context.correlationId ?? context.commandId };
    const read = (cursor: string | undefined) =>
      this.queries.execute(
        new ListMemories(userId, {
          limit: 200,
          includeExpired: 'true',
          ...(type !== undefined && { type }),
          ...(cursor !== undefined && { cursor }),
        }),
      );
    for await (const page of allMemories(read))
      await Promise.all(page.map(({ memoryId }) => this.forget(userId, memoryId, forgetting)));
    return { message: `Memories cleared for user ${userId}`, memory_type: type ?? null };
  }

  private async forget(userId: string, memoryId: string, context: CommandContext): Promise<void> {
    try {
      await this.commands.execute(new ForgetMemory(userId, { memoryId, reason: REASON }, context));
    } catch (error) {
      // Somebody else has forgotten it in between.
      if (!(error instanceof NotFound)) throw error;
    }
  }
}
