import { hash } from 'node:crypto';
import { Command } from '@nestjs/cqrs';
import { stringify } from 'safe-stable-stringify';
import { bodyValidator, type Shape, type Validator } from '../validation/validator.js';
import type { CommandData } from '../writer/command-writer.js';
import type { CommandContext, Written } from '../writer/write-command.js';

/** A command to the store; its answer is on disk when it resolves. */
export abstract class StoreCommand<Input extends object = object> extends Command<Written> {
  constructor(
    readonly userId: string,
    readonly input: Input,
    readonly context: CommandContext,
  ) {
    super();
  }
}

type StoreCommandClass = new (userId: string, input: never, context: CommandContext) => StoreCommand;

/** A command that can be sent by name in a batch. */
export interface NamedCommand {
  make: (userId: string, input: object, context: CommandContext) => StoreCommand;
  validate: Validator<object>;
}

const byName = new Map<string, NamedCommand>();

/** Makes the command known by its class name, with the shape of its input. */
export function NamedCommand(shape: Shape<object>) {
  return (command: StoreCommandClass): void => {
    byName.set(command.name, {
      make: (userId, input, context) => new command(userId, input as never, context),
      validate: bodyValidator(shape),
    });
  };
}

/** The command of that name, if there is one. */
export function namedCommand(name: string): NamedCommand | undefined {
  return byName.get(name);
}

/** The names of all commands. */
export function commandNames(): string[] {
  return [...byName.keys()].toSorted();
}

/**
 * The command as data, with its fingerprint. `stream` is the one that an expected version speaks of, `made` what the
 * service adds to the input: ids that are not part of the fingerprint, because a retry would make others.
 */
export function commandData(
  command: StoreCommand,
  { stream, made }: { stream?: string; made?: object } = {},
): CommandData {
  const { userId, input, context } = command;
  const { expected, idempotencyKey } = context;
  return {
    name: command.constructor.name,
    userId,
    input: made ? { ...input, ...made } : input,
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

/** The same for two commands only if they are the same command with the same input, whatever the order of its fields. */
function fingerprint({ constructor, userId, input, context }: StoreCommand): Uint8Array {
  return hash('sha256', stringify([constructor.name, userId, input, context.partOf]) ?? '', 'buffer');
}
