import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from './answers.js';
import { emotion, ids, joyfulTurn, minutesLater } from './builders.js';
import { readLog } from './client.js';
import { edgesoul, type CommandOutput } from './edgesoul.js';
import { Store } from './store.js';

/**
 * Each has six turns; the pauses between them are 7, 14, 21, … minutes. One more user only has an emotion.
 */
export const USERS = ids('user', 12);

/** A service with turns to replay, and a folder for folds and their rows. */
export class ReplayStore {
  private constructor(
    readonly store: Store,
    readonly folder: string,
    readonly log: readonly StoredEvent[],
  ) {}

  static async start(): Promise<ReplayStore> {
    const folder = await mkdtemp(join(tmpdir(), 'edgesoul-replay-'));
    const store = await Store.start();
    for (let i = 0; i < 6; i++) {
      const commands = USERS.map((userId, user) => ({
        command: 'RecordTurn',
        userId,
        ...joyfulTurn({ userMessage: 'one two  three', occurredAt: minutesLater(i * (user + 1) * 7) }),
      }));
      await store.post('/v1/commands', { commands });
    }
    await store.user('quiet').post('/emotions', emotion({ triggers: [] }));
    return new ReplayStore(store, folder, await readLog(store));
  }

  replay(...options: string[]): Promise<CommandOutput> {
    return this.replayAfter('', ...options);
  }

  /** Replays after a shell command. */
  replayAfter(prepare: string, ...options: string[]): Promise<CommandOutput> {
    return edgesoul(['replay', ...options], this.store.settings, prepare);
  }

  /** Writes a fold file, and returns its name. */
  async foldFile(name: string, text: string): Promise<string> {
    const file = join(this.folder, name);
    await writeFile(file, text);
    return file;
  }

  async remove(): Promise<void> {
    await this.store.remove();
    await rm(this.folder, { recursive: true });
  }
}

/** The text of a fold file that counts each user's events. */
export function countingFold(fold = '({ n: (row?.n ?? 0) + 1 })'): string {
  return `import { defineFold } from 'edgesoul-store/replay';
  export default defineFold({ name: 'count', key: ({ userId }) => userId, fold: (row, event) => ${fold} });`;
}

/** The rows of NDJSON. */
export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** How often each key is there, by key. */
export function sortedCounts(keys: readonly string[]): (readonly [key: string, count: number])[] {
  return [...Map.groupBy(keys, (key) => key)]
    .map(([key, { length }]) => [key, length] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
