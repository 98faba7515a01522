import { hash } from 'node:crypto';
import { Body, Controller, Logger, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { InvalidInput, KeyReused, StoreError, Unavailable, Unexpected } from '../../errors.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { problemOf } from '../../http/problem.js';
import { valid } from '../../http/valid.pipe.js';
import { ID_PATTERN } from '../../validation/fields.js';
import { bodyValidator, type Validator } from '../../validation/validator.js';
import type { CommandContext, Written } from '../../writer/write-command.js';
import { COMMAND_NAMES, COMMANDS, type CommandType } from '../command-catalog.js';
import { BatchAnswer, BatchBody } from './batch.dto.js';

/** Commands of a batch that the writer gets at once; a large batch leaves room in the queue for the chat. */
const MAX_PARALLEL_COMMANDS = 256;

type Outcome = Written | StoreError;

/** Every command by its name in a batch, with the validator of its input. */
const COMMANDS_BY_NAME: ReadonlyMap<string, Pick<CommandType, 'command'> & { validate: Validator<object> }> =
  new Map(COMMANDS.map(({ command, input }) => [command.name, { command, validate: bodyValidator(input) }]));

@ApiTags('batch')
@Controller('v1/commands')
export class BatchController {
  private readonly logger = new Logger('batch');

  constructor(private readonly bus: CommandBus) {}

  /**
   * Executes up to 1,000 commands in order, each with its own success or failure.
   * @remarks With an Idempotency-Key, a retry repeats the answers of executed commands and tries the others.
   */
  @Post()
  @CommandRoute({ status: 200, answer: BatchAnswer })
  async run(
    @Body(valid(BatchBody)) { commands }: BatchBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const batchContext = {
      ...context,
      commandId: undefined,
      correlationId: context.correlationId ?? context.commandId,
    };
    const batchHash = batchContext.idempotencyKey && hash('sha256', JSON.stringify(commands), 'hex');
    const outcomes: Outcome[] = [];
    for (let start = 0; start < commands.length; start += MAX_PARALLEL_COMMANDS) {
      const part = commands.slice(start, start + MAX_PARALLEL_COMMANDS);
      const running = part.map((entry, i) =>
        this.execute(entry, { ...batchContext, ...commandKey(batchContext, start + i, batchHash) }),
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

  private async execute(entry: Record<string, unknown>, context: CommandContext): Promise<Outcome> {
    try {
      const { command: name, userId, idempotencyKey = context.idempotencyKey, ...input } = entry;
      const type = typeof name === 'string' ? COMMANDS_BY_NAME.get(name) : undefined;
      if (!type) throw InvalidInput.field('command', `must be one of ${COMMAND_NAMES.join(', ')}`);
      if (typeof userId !== 'string' || !ID_PATTERN.test(userId)) {
        throw InvalidInput.field('userId', 'must be 1 to 128 characters of A-Z a-z 0-9 . _ - : @');
      }
      if (idempotencyKey !== undefined && !isKey(idempotencyKey)) {
        throw InvalidInput.field('idempotencyKey', 'must have 1 to 255 characters');
      }
      const hasOwnKey = entry.idempotencyKey !== undefined;
      const batchHash = hasOwnKey ? undefined : context.batchHash;
      return await this.bus.execute(
        new type.command(userId, type.validate(input) as never, { ...context, idempotencyKey, batchHash }),
      );
    } catch (error) {
      if (error instanceof StoreError) return error;
      this.logger.error(error instanceof Error ? error.stack : String(error));
      return Unexpected.from(error);
    }
  }
}

function commandKey(
  context: CommandContext,
  index: number,
  batchHash: string | undefined,
): Partial<CommandContext> {
  return context.idempotencyKey === undefined
    ? {}
    : { idempotencyKey: `${context.idempotencyKey}#${index}`, batchHash };
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.length >= 1 && key.length <= 255;
}

function resultText(outcome: Outcome): string {
  if (outcome instanceof StoreError)
    return JSON.stringify({ status: outcome.status, problem: problemOf(outcome) });
  return `{"status":${outcome.status},"body":${outcome.body}}`;
}
