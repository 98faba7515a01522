import { Body, Controller, Logger, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { InvalidInput, KeyReused, StoreError, Unavailable, Unexpected } from '../../errors.js';
import { FromCaller, refuseOtherUser } from '../../http/access/caller.js';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { problemOf } from '../../http/problems/problem.js';
import { validOutline } from '../../http/valid.pipe.js';
import type { Caller } from '../../store/keys/access-key.js';
import type { CommandContext, Written } from '../../writer/write-command.js';
import { batchHashes } from './batch-hash.js';
import { BatchAnswer, BatchBody } from './batch.dto.js';
import { isWorkedOut, readCommand } from './read-command.js';

/** Commands of a batch that the writer gets at once; a large batch leaves room in the queue for the chat. */
const MAX_PARALLEL_COMMANDS = 256;

type Outcome = Written | StoreError;

@ApiTags('batch')
@Scoped(['chat'], { usersIn: 'body' })
@Controller('v1/commands')
export class BatchController {
  private readonly logger = new Logger('batch');

  constructor(private readonly bus: CommandBus) {}

  /**
   * Executes up to 1,000 commands in order, each with its own success or failure.
   * @remarks A command that cannot be read fails alone. With an Idempotency-Key, a retry repeats the answers of
   * executed commands and tries the others.
   */
  @Post()
  @CommandRoute({ status: 200, answer: BatchAnswer })
  async run(
    @Body(validOutline(BatchBody)) { commands }: BatchBody,
    @FromRequest() context: CommandContext,
    @FromCaller() caller: Caller | null,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (context.expected !== undefined) {
      const message = 'belongs to a single command; send that command to its own route';
      throw InvalidInput.field('If-Match or If-None-Match', message);
    }
    const batchContext = {
      ...context,
      commandId: undefined,
      correlationId: context.correlationId ?? context.commandId,
    };
    const hashes = batchContext.idempotencyKey === undefined ? undefined : batchHashes(commands);
    const outcomes: Outcome[] = [];
    for (const part of partsOf(commands)) {
      const start = outcomes.length;
      const running = part.map((entry, i) =>
        this.execute(entry, caller, { ...batchContext, batch: hashes && { ...hashes, index: start + i } }),
      );
      outcomes.push(...(await Promise.all(running)));
    }
    const reused = outcomes.every((outcome) => outcome instanceof KeyReused);
    if (reused && batchContext.idempotencyKey !== undefined) throw KeyReused.of(batchContext.idempotencyKey);
    if (outcomes.every((outcome) => !(outcome instanceof StoreError) && outcome.replayed)) {
      void reply.header('idempotency-replayed', 'true');
    }
    const busy = outcomes.find((outcome) => outcome instanceof Unavailable);
    if (busy) void reply.header('retry-after', String(busy.retryAfter));
    const results = outcomes.map(resultText).join(',');
    void reply.code(200).type('application/json; charset=utf-8').send(`{"results":[${results}]}`);
  }

  private async execute(entry: unknown, caller: Caller | null, context: CommandContext): Promise<Outcome> {
    try {
      const { command, userId, idempotencyKey, input } = readCommand(entry);
      refuseOtherUser(caller, userId);
      // Its own key stands for this command alone.
      const own = idempotencyKey === undefined ? {} : { idempotencyKey, batch: undefined };
      return await this.bus.execute(new command(userId, input as never, { ...context, ...own }));
    } catch (error) {
      if (error instanceof StoreError) return error;
      this.logger.error(error instanceof Error ? error.stack : String(error));
      return Unexpected.from(error);
    }
  }
}

/** What takes events back is worked out before it is sent: it comes after all before it, and before the rest. */
function partsOf(commands: readonly unknown[]): unknown[][] {
  const parts: unknown[][] = [];
  let last: unknown[] = [];
  for (const entry of commands) {
    if (
      last.length === MAX_PARALLEL_COMMANDS ||
      last.length === 0 ||
      isWorkedOut(entry) ||
      isWorkedOut(last[0])
    )
      parts.push((last = []));
    last.push(entry);
  }
  return parts;
}

function resultText(outcome: Outcome): string {
  if (outcome instanceof StoreError)
    return JSON.stringify({ status: outcome.status, problem: problemOf(outcome) });
  return `{"status":${outcome.status},"body":${outcome.body}}`;
}
