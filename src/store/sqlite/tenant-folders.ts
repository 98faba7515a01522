import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile, takeDataFolder } from './data-folder.js';
import { isSwapping } from './swap-database.js';

/** What has to be there until the end: by it the folder is locked. */
const KEPT_TO_THE_END = /^edgesoul\.(lock|owner)(-|$)/;

/** Names of the folders in it that have a store. */
export function foldersWithStores(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => hasStore(join(folder, name)));
}

/** Whether the folder has a store, also one that a restore is just replacing. */
export function hasStore(folder: string): boolean {
  return existsSync(databaseFile(folder)) || isSwapping(folder);
}

/**
 * Removes a data folder with all that is in it. Throws StartRefused while a process has it. After a kill the
 * folder has no store, or one that can be removed again.
 */
export function removeDataFolder(folder: string): void {
  const taken = takeDataFolder(folder);
  try {
    // The database first: without it the folder has no store, whatever else is left of it.
    rmSync(taken.file, { force: true });
    for (const name of readdirSync(folder))
      if (!KEPT_TO_THE_END.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  } finally {
    taken.release();
  }
  rmSync(folder, { recursive: true, force: true });
}
