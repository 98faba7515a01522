import { COMMAND_NAMES, COMMANDS, loadDeciders } from '../../src/modules/command-catalog.js';
import { RetractingCommand } from '../../src/modules/retracting-command.js';
import { commandData } from '../../src/modules/store-command.js';
import { bodyValidator } from '../../src/validation/validator.js';
import { withDecider } from '../../src/writer/deciding-writer.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type { ExpectedVersion, Written } from '../../src/writer/write-command.js';
import { sendPlanned, withIds } from './retract.js';

const deciders = await loadDeciders();
const commands = new Map(
  COMMANDS.map(({ command, input }) => [command.name, { command, validate: bodyValidator<object>(input) }]),
);

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

/** Inputs with the ids that they were sent with: a retry sends the same ones, whatever was written since. */
const inputsSent = new WeakMap<SentCommand, Promise<object>>();

/** Sends a command as a batch does: by name, validated, and as data that can cross to the writer's thread. */
export async function send(writer: EventWriter, sent: SentCommand): Promise<Written> {
  const { name, userId, input, key, expected } = sent;
  const declared = commands.get(name);
  if (!declared) throw new Error(`The catalog has no command ${name}.`);
  const known = inputsSent.get(sent) ?? withIds(writer, userId, input);
  inputsSent.set(sent, known);
  const checked = declared.validate(await known) as never;
  const command = new declared.command(userId, checked, { actor: 'test', idempotencyKey: key, expected });
  if (command instanceof RetractingCommand) return sendPlanned(writer, command);
  return writer.write(withDecider(deciders, structuredClone(commandData(command))));
}
