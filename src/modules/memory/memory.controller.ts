import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { InvalidInput } from '../../errors.js';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { MemoryPath, NoQuery, UserPath } from '../../http/paths.dto.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import type { CommandContext } from '../../writer/write-command.js';
import { UserReadQuery } from '../user-read.dto.js';
import { UserRead } from '../user-read.js';
import { EmbedMemory, EmbedMemoryBody } from './commands/embed-memory.command.js';
import { ForgetMemories } from './commands/forget-memories.command.js';
import { ForgetMemory } from './commands/forget-memory.command.js';
import { FormMemory, FormMemoryBody } from './commands/form-memory.command.js';
import { RecallMemories, RecallMemoriesBody } from './commands/recall-memories.command.js';
import { ReviseMemory, ReviseMemoryBody } from './commands/revise-memory.command.js';
import { EmbeddingAnswer, SearchMemoriesBody } from './embedding.dto.js';
import { ForgetMemoriesBody, MemoriesForgottenAnswer } from './forget.dto.js';
import { MemoryHistoryAnswer, MemoryHistoryQuery } from './memory-history.dto.js';
import {
  ForgetMemoryQuery,
  ListMemoriesQuery,
  MemoryAnswer,
  MemoryFormedAnswer,
  MemoryPageAnswer,
  MemoryReadQuery,
  MemorySearchAnswer,
  MemoryWrittenAnswer,
  RecalledAnswer,
  SearchMemoriesQuery,
} from './memory.dto.js';
import { GetEmbedding } from './queries/get-embedding.query.js';
import { GetMemoryHistory } from './queries/get-memory-history.query.js';
import { GetMemory } from './queries/get-memory.query.js';
import { ListForgettable } from './queries/list-forgettable.query.js';
import { ListMemories } from './queries/list-memories.query.js';
import { SearchMemories } from './queries/search-memories.query.js';

@ApiTags('memories')
@Scoped(['chat'])
@Controller('v1/users/:userId')
export class MemoryController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /**
   * Stores a new memory about a user. If the user has one that says the same, that one is confirmed instead,
   * and the answer names it in `duplicateOf`; `allowDuplicate: true` stores a second one.
   */
  @Post('memories')
  @MayRefuse(404, 409)
  @CommandRoute({ status: 201, answer: MemoryFormedAnswer, conditional: true })
  async form(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(FormMemoryBody)) body: FormMemoryBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new FormMemory(userId, body, context)));
  }

  /** Corrects a memory; a revision without effect writes nothing. */
  @Patch('memories/:memoryId')
  @MayRefuse(409)
  @CommandRoute({ status: 200, answer: MemoryWrittenAnswer, conditional: true })
  async revise(
    @Param(valid(MemoryPath)) { userId, memoryId }: MemoryPath,
    @Body(valid(ReviseMemoryBody)) body: ReviseMemoryBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new ReviseMemory(userId, { ...body, memoryId }, context)));
  }

  /**
   * Gives a memory an embedding, in place of any that it has: what it means, as a model of the caller says
   * it.
   * @remarks A search with an embedding of the same model finds it by meaning. When the content or the context of a
   * memory is corrected, its embedding goes: send the new one with the correction, or here. All embeddings of
   * a model have one length within a user: another one is 409 `embedding.other-dimensions`.
   */
  @Put('memories/:memoryId/embedding')
  @MayRefuse(409)
  @CommandRoute({ status: 200, answer: MemoryWrittenAnswer, conditional: true })
  async embed(
    @Param(valid(MemoryPath)) { userId, memoryId }: MemoryPath,
    @Body(valid(EmbedMemoryBody)) body: EmbedMemoryBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new EmbedMemory(userId, { ...body, memoryId }, context)));
  }

  /** Forgets a memory: later reads and searches do not find it. */
  @Delete('memories/:memoryId')
  @CommandRoute({ status: 200, answer: MemoryWrittenAnswer, conditional: true })
  async forget(
    @Param(valid(MemoryPath)) { userId, memoryId }: MemoryPath,
    @Query(validQuery(ForgetMemoryQuery)) { reason }: ForgetMemoryQuery,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const input = reason === undefined ? { memoryId } : { memoryId, reason };
    sendWritten(reply, await this.commands.execute(new ForgetMemory(userId, input, context)));
  }

  /**
   * Forgets all memories that fit: first a dry run, which lists them and writes nothing, then the same route
   * with the `ids` of that list and `dryRun: false`. Nothing is forgotten that no dry run has named. Pinned
   * memories stay unless both say `includePinned: true`.
   */
  @Post('memories/forget')
  @MayRefuse(404, 409)
  @CommandRoute({ status: 200, answer: MemoriesForgottenAnswer })
  async forgetMany(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(ForgetMemoriesBody)) body: ForgetMemoriesBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { ids: memoryIds, reason, includePinned, dryRun = true, ...conditions } = body;
    if (dryRun) {
      const answer = await this.queries.execute(new ListForgettable(userId, body));
      return void reply.send(answer);
    }
    if (memoryIds === undefined || Object.values(conditions).some((given) => given !== undefined))
      throw InvalidInput.field('ids', 'with dryRun: false, send the ids of a dry run and no other condition');
    const input = {
      memoryIds,
      ...(reason !== undefined && { reason }),
      ...(includePinned !== undefined && { includePinned }),
    };
    sendWritten(reply, await this.commands.execute(new ForgetMemories(userId, input, context)));
  }

  /** Records which memories a reply used; a search alone records nothing. */
  @Post('recalls')
  @MayRefuse(404)
  @CommandRoute({ status: 201, answer: RecalledAnswer })
  async recall(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(RecallMemoriesBody)) body: RecallMemoriesBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new RecallMemories(userId, body, context)));
  }

  /**
   * Lists memories: the pinned ones, then the others, each newest first. Expired ones are left out. A memory
   * counts as expired from the first event on that is recorded at or after its `expiresAt`: the same position
   * gives the same answer.
   */
  @Get('memories')
  @UserRead(MemoryPageAnswer)
  list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(ListMemoriesQuery)) query: ListMemoriesQuery,
  ): Promise<MemoryPageAnswer> {
    return this.queries.execute(new ListMemories(userId, query));
  }

  /**
   * Returns the memories that best match a question, best first; a pin does not count. Expired memories are
   * left out, and those that another one supersedes; with one that others contradict comes what they say.
   */
  @Get('memories/search')
  @UserRead(MemorySearchAnswer)
  search(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(SearchMemoriesQuery)) query: SearchMemoriesQuery,
  ): Promise<MemorySearchAnswer> {
    return this.queries.execute(new SearchMemories(userId, query));
  }

  /**
   * The same search, with its parameters as a body, and with what the question means: an embedding by the
   * model of the memories. It finds memories that share no word with the question.
   * @remarks Writes nothing. Embeddings of another model are never compared: if the user's memories have only those, it is
   * 409 `embedding.other-model` with their `models`. A user whose memories have none is searched by words.
   */
  @Post('memories/search')
  @HttpCode(200)
  @MayRefuse(409)
  @UserRead(MemorySearchAnswer)
  searchByMeaning(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(NoQuery)) _query: NoQuery,
    @Body(valid(SearchMemoriesBody)) body: SearchMemoriesBody,
  ): Promise<MemorySearchAnswer> {
    return this.queries.execute(new SearchMemories(userId, body));
  }

  /** Returns the embedding of a memory, as it was kept. */
  @Get('memories/:memoryId/embedding')
  @UserRead(EmbeddingAnswer)
  embedding(
    @Param(valid(MemoryPath)) { userId, memoryId }: MemoryPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
  ): Promise<EmbeddingAnswer> {
    return this.queries.execute(new GetEmbedding(userId, memoryId));
  }

  /** Returns one memory. The ETag is the version for If-Match. */
  @Get('memories/:memoryId')
  @UserRead(MemoryAnswer)
  async get(
    @Param(valid(MemoryPath)) { userId, memoryId }: MemoryPath,
    @Query(validQuery(MemoryReadQuery)) query: MemoryReadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemoryAnswer> {
    const memory = await this.queries.execute(new GetMemory(userId, memoryId, query));
    void reply.header('etag', `"${memory.version}"`);
    return memory;
  }

  /**
   * Returns what was done to a memory, by whom and why, oldest first; of a forgotten one, too. The log keeps
   * it until it is erased.
   */
  @Get('memories/:memoryId/history')
  @UserRead(MemoryHistoryAnswer)
  history(
    @Param(valid(MemoryPath)) { userId, memoryId }: MemoryPath,
    @Query(validQuery(MemoryHistoryQuery)) query: MemoryHistoryQuery,
  ): Promise<MemoryHistoryAnswer> {
    return this.queries.execute(new GetMemoryHistory(userId, memoryId, query));
  }
}
