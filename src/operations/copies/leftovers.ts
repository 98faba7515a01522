import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../../store/sqlite/folder-lock.js';
import { namesIn } from '../backup/backup-folder.js';
import { SCRATCH, scratchLock } from '../backup/scratch-names.js';
import type { CopiesMark } from './copies-mark.js';
import type { OwnEntry } from './own-copies.js';

/** Returns the names of what is unpacked in the backup folder, in use or left by who was killed. */
export async function scratchIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => scratchLock(name) !== undefined).toSorted();
}

/** Removes what killed backups, drills and restores have left in the backup folder. Returns what is in use. */
export async function removeLeftovers(folder: string): Promise<string[]> {
  const inUse: string[] = [];
  const byLock = Map.groupBy(await scratchIn(folder), (name) => scratchLock(name) as string);
  for (const [lockName, names] of byLock) {
    const lock = takeLock(join(folder, lockName));
    if (!lock) inUse.push(...names);
    else
      try {
        for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
        if (lockName.startsWith(SCRATCH.restore)) await rm(join(folder, lockName), { force: true });
      } finally {
        lock.close();
      }
  }
  return inUse;
}

/** Returns the erasures whose users the scratch may have. */
export function owedByScratch(
  name: string,
  ledger: readonly OwnEntry[],
  mark: CopiesMark | undefined,
): OwnEntry[] {
  // What was not there yet at the last rewriting was unpacked from copies that were rewritten.
  if (!mark || mark.inUse?.includes(name) === true) return [...ledger];
  return ledger.filter(({ isOnLog, position, erasedAt }) =>
    isOnLog ? position > mark.position : erasedAt > Date.parse(mark.at),
  );
}
