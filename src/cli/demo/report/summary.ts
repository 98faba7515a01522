import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeedEvent, FeedPage } from '../answers.js';
import type { DemoClient } from '../demo-client.js';
import { play } from '../player.js';
import { startProgress } from '../progress.js';
import { readBack, type ReadBacks } from '../read-back.js';
import type { Script } from '../scripts/demo-script.js';
import { readPortrait, type Portrait } from './portrait.js';
import { measureRecall, type UserRecall } from './recall.js';

/** The number of commands sent, the events they produced, and the time it took. */
export interface Totals {
  commands: number;
  events: number;
  seconds: number;
  commandsPerSecond: number;
}

/** The results of a demonstration, read while its service runs. */
export interface DemoResult {
  title: string;
  users: Portrait[];
  recall: UserRecall[];
  tail: FeedEvent[];
  totals: Totals;
  readBack: ReadBacks;
  /**
   * Whether a turn that was sent a second time was answered from its receipt; absent if none was sent again.
   */
  retryRecognised?: boolean;
}

/** All results of a demonstration, as `--json` prints them and the report shows them. */
export interface Summary extends DemoResult {
  /** The size of the data folder after the service has stopped. */
  bytes: number;
}

const TAIL_EVENTS = 12;

/** Plays the script, and then reads everything that the report shows from the service. */
export async function demonstrate(script: Script, client: DemoClient): Promise<DemoResult> {
  const commands = script.users.reduce((sum, user) => sum + user.commands.length, 0);
  const seconds = await playTimed(script, client, commands);
  const retryRecognised = await sendAgain(script, client);
  const users = await readPortraits(script, client);
  const recall = await measureAll(script, client);
  const { head } = await client.get<FeedPage>('/v1/events?after=0&limit=1');
  const tail = await client.get<FeedPage>(
    `/v1/events?after=${Math.max(0, head - TAIL_EVENTS)}&limit=${TAIL_EVENTS}`,
  );
  return {
    title: script.title,
    users,
    recall,
    tail: tail.items,
    totals: {
      commands,
      events: head,
      seconds,
      commandsPerSecond: commands / seconds,
    },
    readBack: await readBack(client, script),
    ...(retryRecognised !== undefined && { retryRecognised }),
  };
}

async function playTimed(script: Script, client: DemoClient, commands: number): Promise<number> {
  const progress = startProgress('Playing', commands, 'commands');
  const started = performance.now();
  try {
    await play(script, client, (by) => progress.advance(by));
    return (performance.now() - started) / 1000;
  } finally {
    progress.stop();
  }
}

async function sendAgain(script: Script, client: DemoClient): Promise<boolean | undefined> {
  // A key belongs to the route on which it was first used, so a batch's command cannot be sent again alone.
  if (script.mode === 'batch') return undefined;
  const turn = script.users[0]?.commands.findLast(({ command }) => command === 'RecordTurn');
  return turn && client.send(turn);
}

async function readPortraits(script: Script, client: DemoClient): Promise<Portrait[]> {
  const portraits: Portrait[] = [];
  for (const user of script.users) portraits.push(await readPortrait(client, user, script));
  return portraits;
}

async function measureAll(script: Script, client: DemoClient): Promise<UserRecall[]> {
  const questions = script.users.flatMap((user) => user.questions.filter((question) => question.measured));
  if (questions.length === 0) return [];
  const progress = startProgress('Asking', questions.length, 'questions');
  try {
    return await measureRecall(client, script.users, () => progress.advance());
  } finally {
    progress.stop();
  }
}

/** The size of all files in a folder. */
export async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
