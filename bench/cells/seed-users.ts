import { CommandMaker, USERS, userName, type Command } from '../bodies.ts';
import { loadCommands, type CommandAnswer } from '../seed.ts';

const MEMORIES = 5;
const TURNS = 10;
const EACH = 1 + MEMORIES + TURNS;

/** Gives each of the 1,000 users a profile, some memories and a conversation; answers one memory id of each. */
export async function seedUsers(url: string, label: string): Promise<Map<string, string>> {
  const maker = new CommandMaker(7);
  const memoryIds = new Map<string, string>();
  const make = (number: number): Command => {
    const step = number % EACH;
    const user = userName(Math.floor(number / EACH));
    if (step === 0) return maker.make('ChangeProfile', user);
    return maker.make(step <= MEMORIES ? 'FormMemory' : 'RecordTurn', user);
  };
  const onAnswer = (answer: CommandAnswer, command: Command) => {
    if (answer.body?.memoryId) memoryIds.set(command.userId, answer.body.memoryId);
  };
  await loadCommands(url, { label, count: USERS * EACH, make, onAnswer });
  return memoryIds;
}
