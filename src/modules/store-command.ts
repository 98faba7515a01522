import { hash } from 'node:crypto';
import type { Command } from '@nestjs/cqrs';
import { stringify } from 'safe-stable-stringify';
import type { CommandData } from '../writer/command-writer.js';
import type { CommandContext, Written } from '../writer/write-command.js';

/** The bus resolves a store command to Written. Type only: the writer's thread must not load Nest. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- it adds nothing to initialise
export interface StoreCommand<Input extends object = object> extends Command<Written> {
  readonly input: Input;
}

/** A command to the store: a change that a user, or the companion for a user, asks for. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- see the interface
export abstract class StoreCommand<Input extends object = object> {
  constructor(
    readonly userId: string,
    readonly input: Input,
    readonly context: CommandContext,
  ) {}

  /** The stream whose version `If-Match` names; undefined when a client cannot expect one. */
  get stream(): string | undefined {
    return undefined;
  }

  /** Ids that the service generates. A retry generates other ones, so the fingerprint leaves them out. */
  generatedIds(): object | undefined {
    return undefined;
  }
}

/** Returns the command as data for the writer's thread, with the fingerprint of its request. */
export function commandData(command: StoreCommand): CommandData {
  const { userId, input, context, stream } = command;
  const { expected, idempotencyKey } = context;
  return {
    name: command.constructor.name,
    userId,
    input: { ...input, ...command.generatedIds() },
    commandId: context.commandId,
    correlationId: context.correlationId,
    actor: context.actor,
    idempotency:
      idempotencyKey === undefined ? undefined : { key: idempotencyKey, requestHash: fingerprint(command) },
    ...(stream !== undefined && expected !== undefined
      ? { expected: [{ streamId: stream, version: expected }] }
      : {}),
  };
}

/** SHA-256 of name, user, canonical input and batch hash: equal for a retry, different for anything else. */
function fingerprint({ constructor, userId, input, context }: StoreCommand): Uint8Array {
  return hash('sha256', stringify([constructor.name, userId, input, context.batchHash]) ?? '', 'buffer');
}
