import { CommandMaker, USERS, userName, type Command } from '../bodies.ts';
import { loadCommands, type CommandAnswer } from '../seed.ts';

const MEMORIES_PER_USER = 5;
const TURNS_PER_USER = 10;
const COMMANDS_PER_USER = 1 + MEMORIES_PER_USER + TURNS_PER_USER;

/** Gives each of the 1,000 users a profile, memories and a conversation; returns one memory id per user. */
export async function seedUsers(url: string, label: string): Promise<Map<string, string>> {
  const maker = new CommandMaker(7);
  const memoryIds = new Map<string, string>();
  const make = (number: number): Command => {
    const step = number % COMMANDS_PER_USER;
    const user = userName(Math.floor(number / COMMANDS_PER_USER));
    if (step === 0) return maker.make('ChangeProfile', user);
    return maker.make(step <= MEMORIES_PER_USER ? 'FormMemory' : 'RecordTurn', user);
  };
  const onAnswer = (answer: CommandAnswer, command: Command) => {
    if (answer.body?.memoryId) memoryIds.set(command.userId, answer.body.memoryId);
  };
  await loadCommands(url, { label, count: USERS * COMMANDS_PER_USER, make, onAnswer });
  return memoryIds;
}
