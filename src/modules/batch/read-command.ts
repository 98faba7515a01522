import { InvalidInput } from '../../errors.js';
import { ID_PATTERN, ID_RULE } from '../../validation/fields.js';
import { bodyValidator, type Validator } from '../../validation/validator.js';
import { COMMANDS, type CommandType } from '../command-catalog.js';
import { RetractingCommand } from '../retracting-command.js';

type NamedCommand = Pick<CommandType, 'command'> & { validate: Validator<object> };

/** A command of a batch, read and validated like the body of its own route. */
export interface ReadCommand extends Pick<CommandType, 'command'> {
  userId: string;
  idempotencyKey: string | undefined;
  input: object;
}

/** Every command of a batch by its name, with the validator of its input. */
const COMMANDS_BY_NAME: ReadonlyMap<string, NamedCommand> = new Map(
  COMMANDS.filter(({ alone }) => !alone).map(({ command, input }) => [
    command.name,
    { command, validate: bodyValidator(input) },
  ]),
);
const NAMES = [...COMMANDS_BY_NAME.keys()].toSorted().join(', ');

/** Whether the entry is a command that is worked out beside the writer. */
export function isWorkedOut(entry: unknown): boolean {
  const { command: name } = (entry ?? {}) as { command?: unknown };
  const type = typeof name === 'string' ? COMMANDS_BY_NAME.get(name) : undefined;
  return type !== undefined && type.command.prototype instanceof RetractingCommand;
}

/** Reads one command of a batch. Throws InvalidInput, whatever the entry is. */
export function readCommand(entry: unknown): ReadCommand {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw InvalidInput.field('', 'must be an object');
  const { command: name, userId, idempotencyKey, ...input } = entry as Record<string, unknown>;
  const type = typeof name === 'string' ? COMMANDS_BY_NAME.get(name) : undefined;
  if (!type) throw InvalidInput.field('command', `must be one of ${NAMES}`);
  if (typeof userId !== 'string' || !ID_PATTERN.test(userId)) throw InvalidInput.field('userId', ID_RULE);
  if (idempotencyKey !== undefined && !isKey(idempotencyKey))
    throw InvalidInput.field('idempotencyKey', 'must have 1 to 255 characters, none of them U+0000');
  return { command: type.command, userId, idempotencyKey, input: type.validate(input) };
}

function isKey(key: unknown): key is string {
  return (
    typeof key === 'string' &&
    key.length >= 1 &&
    key.length <= 255 &&
    key.isWellFormed() &&
    !key.includes('\u0000')
  );
}
