import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../sync-folder.js';

/** Suffixes of the files that make up a database in WAL mode. */
const FILE_SUFFIXES = ['', '-wal', '-shm'];
const MARKER_FILE = 'edgesoul.swap.json';
const LIVE_FILE = 'edgesoul.db';

/** A database that replaces the live one. File names are relative to the data folder. */
export interface Swap {
  /** Complete in one file, closed and on disk. */
  replacement: string;
  /** New name of the old database. */
  aside: string;
  /** Whether to delete the old database. */
  discard?: boolean | undefined;
}

/**
 * Replaces the live database by another one. Once the marker file is written, the swap is always completed:
 * after a crash the next process that takes the folder finishes it, so no process finds the folder without a
 * database. Returns whether an old database was put aside.
 */
export function swapDatabase(folder: string, swap: Swap): boolean {
  for (const step of swapSteps(folder, swap)) step();
  return existsSync(join(folder, swap.aside));
}

/** Whether a swap has begun and not ended: a process is at it, or was killed. */
export function isSwapping(folder: string): boolean {
  return existsSync(join(folder, MARKER_FILE));
}

/** Finishes the swap that a killed process began, and returns it; undefined if there is none. */
export function finishSwap(folder: string): Swap | undefined {
  if (!isSwapping(folder)) return undefined;
  const swap = JSON.parse(readFileSync(join(folder, MARKER_FILE), 'utf8')) as Swap;
  swapDatabase(folder, swap);
  return swap;
}

/** The steps of a swap; run again from the first, they continue where they stopped. Exported for tests. */
export function swapSteps(folder: string, { replacement, aside, discard }: Swap): (() => void)[] {
  const file = (name: string) => join(folder, name);
  return [
    () => writeMarker(folder, { replacement, aside, discard }),
    ...FILE_SUFFIXES.map((suffix) => () => {
      // Once the replacement has been renamed, the live file is no longer the old one.
      if (!existsSync(file(replacement)) || !existsSync(file(LIVE_FILE + suffix))) return;
      renameSync(file(LIVE_FILE + suffix), file(aside + suffix));
    }),
    () => syncFolder(folder),
    () => {
      if (existsSync(file(replacement))) renameSync(file(replacement), file(LIVE_FILE));
    },
    () => syncFolder(folder),
    () => {
      if (discard) for (const suffix of FILE_SUFFIXES) rmSync(file(aside + suffix), { force: true });
    },
    () => rmSync(file(MARKER_FILE)),
  ];
}

/** Writes the marker atomically: it is complete or absent. */
function writeMarker(folder: string, swap: Swap): void {
  const scratch = join(folder, `${MARKER_FILE}.writing`);
  writeFileSync(scratch, JSON.stringify(swap), { flush: true });
  renameSync(scratch, join(folder, MARKER_FILE));
  syncFolder(folder);
}
