import type { Command } from './commands.js';
import { eachAtMost } from './concurrency.js';
import type { DemoClient } from './demo-client.js';
import type { Script } from './scripts/demo-script.js';

const USERS_AT_ONCE = 8;
const MAX_BATCH_COMMANDS = 200;
// Well under a megabyte, the usual limit of a request's body.
const MAX_BATCH_CHARACTERS = 400_000;

/** Sends every user's commands: several users at a time, each user's commands in order. */
export async function play(script: Script, client: DemoClient, advance: (by: number) => void): Promise<void> {
  await eachAtMost(USERS_AT_ONCE, script.users, async ({ commands }) => {
    const batches = script.mode === 'batch' ? batchesOf(commands) : commands.map((command) => [command]);
    for (const batch of batches) {
      const [first] = batch;
      if (script.mode === 'single' && first) await client.send(first);
      else await client.sendAll(batch);
      advance(batch.length);
    }
  });
}

/** Splits the commands into requests of at most 200 commands and 400,000 characters. */
export function batchesOf(commands: readonly Command[]): Command[][] {
  const batches: Command[][] = [];
  let characters = 0;
  for (const command of commands) {
    const size = JSON.stringify(command).length;
    const batch = batches.at(-1);
    if (batch && batch.length < MAX_BATCH_COMMANDS && characters + size <= MAX_BATCH_CHARACTERS) {
      batch.push(command);
      characters += size;
    } else {
      batches.push([command]);
      characters = size;
    }
  }
  return batches;
}
