import { hash } from 'node:crypto';
import type { Command } from '@nestjs/cqrs';
import { stringify } from 'safe-stable-stringify';
import { InvalidInput } from '../errors.js';
import type { CommandData } from '../writer/command-writer.js';
import type { CommandContext, Idempotency, Written } from '../writer/write-command.js';

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

  /** Whether the decider compares the version in `If-Match` itself: with that of one event, not of a stream. */
  get comparesVersion(): boolean {
    return false;
  }

  /** Ids that the service generates. A retry generates other ones, so the fingerprint leaves them out. */
  generatedIds(): object | undefined {
    return undefined;
  }
}

/** Returns the command as data for the writer's thread, with the fingerprint of its request. */
export function commandData(command: StoreCommand): CommandData {
  const { userId, input, context } = command;
  return {
    name: command.constructor.name,
    userId,
    input: { ...input, ...command.generatedIds(), ...versionToCompare(command) },
    commandId: context.commandId,
    correlationId: context.correlationId,
    actor: context.actor,
    idempotency: idempotency(command),
    ...expectation(command),
  };
}

/** Not a part of the fingerprint: a retry may leave it out. */
function versionToCompare({ comparesVersion, context: { expected } }: StoreCommand): object {
  return comparesVersion && expected !== undefined ? { expected } : {};
}

function idempotency(command: StoreCommand): Idempotency | undefined {
  const { idempotencyKey: key, batch } = command.context;
  if (key === undefined) return undefined;
  if (!batch) return { key, requestHash: fingerprint(command) };
  const { index, hash: batchHash, formerHash } = batch;
  return {
    key,
    batchIndex: index,
    requestHash: hash('sha256', `${batchHash}#${index}`, 'buffer'),
    formerly:
      formerHash === undefined
        ? undefined
        : { key: `${key}#${index}`, requestHash: fingerprint(command, formerHash) },
  };
}

/** SHA-256 of name, user and canonical input: equal for a retry, different for anything else. */
function fingerprint({ constructor, userId, input }: StoreCommand, formerHash?: string): Uint8Array {
  return hash('sha256', stringify([constructor.name, userId, input, formerHash]) ?? '', 'buffer');
}

/**
 * The version that the client expects. Throws InvalidInput if the command changes nothing that has a version.
 */
function expectation({
  stream,
  comparesVersion,
  context: { expected: version },
}: StoreCommand): Pick<CommandData, 'expected'> {
  if (version === undefined || comparesVersion) return {};
  if (stream !== undefined) return { expected: [{ streamId: stream, version }] };
  const header = version === 'none' ? 'If-None-Match' : 'If-Match';
  throw InvalidInput.field(header, 'this command changes nothing that has a version; send it without');
}
