import { withDecider } from '../../src/modules/command-catalog.js';
import { EndSessionHandler } from '../../src/modules/conversation/commands/end-session.command.js';
import { RecordTurnHandler } from '../../src/modules/conversation/commands/record-turn.command.js';
import { ObserveEmotionHandler } from '../../src/modules/emotion/commands/observe-emotion.command.js';
import { ForgetMemoryHandler } from '../../src/modules/memory/commands/forget-memory.command.js';
import { FormMemoryHandler } from '../../src/modules/memory/commands/form-memory.command.js';
import { RecallMemoriesHandler } from '../../src/modules/memory/commands/recall-memories.command.js';
import { ReviseMemoryHandler } from '../../src/modules/memory/commands/revise-memory.command.js';
import { ChangeProfileHandler } from '../../src/modules/profile/commands/change-profile.command.js';
import { namedCommand } from '../../src/modules/store-command.js';
import type { CommandData, CommandWriter } from '../../src/writer/command-writer.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type { ExpectedVersion, Written } from '../../src/writer/write-command.js';

const HANDLERS = {
  RecordTurn: RecordTurnHandler,
  EndSession: EndSessionHandler,
  ObserveEmotion: ObserveEmotionHandler,
  FormMemory: FormMemoryHandler,
  ReviseMemory: ReviseMemoryHandler,
  ForgetMemory: ForgetMemoryHandler,
  RecallMemories: RecallMemoriesHandler,
  ChangeProfile: ChangeProfileHandler,
};

export type CommandName = keyof typeof HANDLERS;

/** Every command that a test can send. */
export const COMMANDS = Object.keys(HANDLERS) as CommandName[];

/** A command as a client says it. */
export interface SentCommand {
  name: CommandName;
  userId: string;
  input: object;
  key?: string;
  expected?: ExpectedVersion | undefined;
}

/** Sends a command the way a controller does: validated, then through its own handler; as data, as between threads. */
export async function send(
  writer: EventWriter,
  { name, userId, input, key, expected }: SentCommand,
): Promise<Written> {
  const command = namedCommand(name);
  if (!command) throw new Error(`No module declares a command ${name}.`);
  const context = { actor: 'test', idempotencyKey: key, expected };
  const decided = { write: (data: CommandData) => writer.write(withDecider(structuredClone(data))) };
  const handler = new HANDLERS[name](decided as CommandWriter) as {
    execute(command: unknown): Promise<Written>;
  };
  return handler.execute(command.make(userId, command.validate(input), context));
}
