import { readdir, rm } from 'node:fs/promises';
import type { StoreError } from '../../src/errors.js';
import type { RestoreTarget } from '../../src/operations/restore/restore-plan.js';
import { restoreFile, type RestoreReport } from '../../src/operations/restore/restore.js';
import { shipLog, type Shipped } from '../../src/operations/shipping/ship-log.js';
import { append, feeling, joy, refusal } from './appends.js';
import { logContentsOf, restoreInScratchFolder, type LogContents } from './backups.js';
import { liveFolds } from './folds.js';
import { scratchFolder } from './scratch.js';
import type { DatabaseUnderTest, TestDatabase } from './test-database.js';

export const SECOND = 1_000;
export const START_MS = Date.parse('2026-03-02T08:00:00Z');

/** A store with five commands of three events each, one second apart, and an empty backup folder. */
export class BackedUpStore {
  /** The time of the last command. */
  clock = START_MS;
  /** Where the last pass of this process ended. */
  since: Shipped | undefined;
  private count = 0;

  private constructor(
    readonly db: TestDatabase,
    readonly folder: string,
  ) {}

  static async open(database: DatabaseUnderTest): Promise<BackedUpStore> {
    const store = new BackedUpStore(await database.open(), await scratchFolder());
    await store.write(5);
    return store;
  }

  /** Writes commands of three events each, one second apart. */
  write = async (commands: number): Promise<void> => {
    const writer = this.db.writer(liveFolds(), { clock: () => this.clock });
    for (let i = 0; i < commands; i++) {
      this.clock += SECOND;
      const userId = ['ada', 'bob', 'élan'][this.count % 3] as string;
      const streamId = `emotion:${userId}`;
      const events = [joy(streamId), feeling('東京 🗼', streamId), feeling('calm', `emotion:${this.count}`)];
      await writer.write(append(events, { userId, key: `key-${this.count++}` }));
    }
  };

  ship = async (): Promise<Shipped | undefined> => {
    this.since = await shipLog({ address: this.db.address, folder: this.folder, since: this.since });
    return this.since;
  };

  /** Restores into a scratch folder, and returns the report and what the restored log has. */
  restoredTo = (target?: RestoreTarget, from?: string): Promise<RestoreReport & { truth: LogContents }> =>
    restoreInScratchFolder({ folder: this.folder, target, from }, async (file, restored) => ({
      ...restored,
      truth: await logContentsOf({ file }),
    }));

  /** Returns why a restore is refused, after checking that it has left nothing. */
  restoreError = async (target?: RestoreTarget, from?: string): Promise<StoreError> => {
    const dataDir = await scratchFolder();
    try {
      const error = await refusal(restoreFile(dataDir, { folder: this.folder, target, from }));
      const left = (await readdir(dataDir)).filter((name) => name.includes('.db'));
      if (left.length > 0) throw new Error(`A refused restore has left ${left.join(', ')}.`);
      return error;
    } finally {
      await rm(dataDir, { recursive: true });
    }
  };

  async close(): Promise<void> {
    await this.db.close();
    await rm(this.folder, { recursive: true });
  }
}

/** The events and receipts up to the position. */
export function upTo({ events, receipts }: LogContents, position: number): LogContents {
  return {
    events: events.filter((event) => event.position <= position),
    receipts: receipts.filter((receipt) => receipt.position <= position),
  };
}
