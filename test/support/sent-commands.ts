import { COMMAND_NAMES, COMMANDS, DECIDERS } from '../../src/modules/command-catalog.js';
import { commandData } from '../../src/modules/store-command.js';
import { bodyValidator } from '../../src/validation/validator.js';
import { withDecider } from '../../src/writer/deciding-writer.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type { ExpectedVersion, Written } from '../../src/writer/write-command.js';

/** The names of all commands in the catalog. */
export { COMMAND_NAMES };

/** A command as a client sends it. */
export interface SentCommand {
  name: string;
  userId: string;
  input: object;
  key?: string;
  expected?: ExpectedVersion | undefined;
}

/** Sends a command as a batch does: by name, validated, and as data that can cross to the writer's thread. */
export async function send(
  writer: EventWriter,
  { name, userId, input, key, expected }: SentCommand,
): Promise<Written> {
  const declared = COMMANDS.find(({ command }) => command.name === name);
  if (!declared) throw new Error(`The catalog has no command ${name}.`);
  const checked = bodyValidator(declared.input)(input) as never;
  const command = new declared.command(userId, checked, { actor: 'test', idempotencyKey: key, expected });
  return writer.write(withDecider(DECIDERS, structuredClone(commandData(command))));
}
