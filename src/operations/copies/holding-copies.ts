import { dirname } from 'node:path';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { namesIn } from '../backup/backup-folder.js';
import { owingCopies } from './owing-copies.js';

/** A copy that may have users who were erased. */
export interface HoldingCopy {
  /** Name in the backup folder. */
  file: string;
  /** The erased users that it may have. */
  userIds: string[];
  /** Why it was not rewritten; null if it is about to be, or to be removed. */
  why: string | null;
}

export interface HoldingCopies {
  stillHolding: HoldingCopy[];
  /**
   * Files in the data folder with what the store was before a restore or a reset. The service does not open
   * them: they have whoever was erased since, until somebody removes them.
   */
  keptAside: string[];
}

/** Files that a restore, a reset or a compaction keeps beside the database. */
const KEPT_ASIDE = /^edgesoul\.db\.before-[\w-]+$/;

/** Returns which copies of the store may still have whom of those who were erased. */
export async function holdingCopies(folder: string, address: DatabaseAddress): Promise<HoldingCopies> {
  const keptAside = 'file' in address ? await namesIn(dirname(address.file)) : [];
  const { copies } = await readStore(address, (reader) => owingCopies(folder, reader));
  const stillHolding = copies.map(({ file, owed, why }) => ({
    file,
    userIds: [...new Set(owed.map(({ userId }) => userId))],
    why,
  }));
  return { stillHolding, keptAside: keptAside.filter((name) => KEPT_ASIDE.test(name)).toSorted() };
}
