import { hash } from 'node:crypto';
import type { Command } from '@nestjs/cqrs';
import { stringify } from 'safe-stable-stringify';
import type { CommandData } from '../writer/command-writer.js';
import type { CommandContext, Written } from '../writer/write-command.js';

/** What the bus resolves a store command to. A type only: the writer's thread loads commands, but not Nest. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- it adds nothing that has to be initialised
export interface StoreCommand<Input extends object = object> extends Command<Written> {
  readonly input: Input;
}

/** A command to the store: what a user, or the companion for a user, asks to have written. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- see the interface
export abstract class StoreCommand<Input extends object = object> {
  constructor(
    readonly userId: string,
    readonly input: Input,
    readonly context: CommandContext,
  ) {}

  /** The stream whose version `If-Match` names; undefined where a client cannot expect one. */
  get stream(): string | undefined {
    return undefined;
  }

  /** Ids that the service chooses. They are not part of the fingerprint, because a retry would choose others. */
  generatedIds(): object | undefined {
    return undefined;
  }
}

/** The command as data, with the fingerprint of its request: what crosses to the writer's thread. */
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

/** SHA-256 of name, user and input, the fields in any order: equal for a retry, different for anything else. */
function fingerprint({ constructor, userId, input, context }: StoreCommand): Uint8Array {
  return hash('sha256', stringify([constructor.name, userId, input, context.batchHash]) ?? '', 'buffer');
}
