import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../sync-folder.js';

/** What a database file in WAL mode has beside it: they belong together. */
const FILE_SUFFIXES = ['', '-wal', '-shm'];
const MARKER_FILE = 'edgesoul.swap.json';
const LIVE_FILE = 'edgesoul.db';

/** A database that takes the place of another one; names within the data folder. */
export interface Swap {
  /** Complete in one file, closed and on disk. */
  replacement: string;
  /** What the present one is called from then on. */
  aside: string;
  /** Nothing of the present one stays. */
  discard?: boolean | undefined;
}

/**
 * Puts a database in the place of the present one. From the moment of the marker on there is no way back: whoever takes
 * the folder after a crash finishes the swap, so no process can find the folder without a database. Answers whether there
 * was one to put aside.
 */
export function swapDatabase(folder: string, swap: Swap): boolean {
  for (const step of swapSteps(folder, swap)) step();
  return existsSync(join(folder, swap.aside));
}

/** Finishes a swap that a killed process has begun; answers it, or undefined where there is none. */
export function finishSwap(folder: string): Swap | undefined {
  if (!existsSync(join(folder, MARKER_FILE))) return undefined;
  const swap = JSON.parse(readFileSync(join(folder, MARKER_FILE), 'utf8')) as Swap;
  swapDatabase(folder, swap);
  return swap;
}

/** Exported so that a test can stop behind any of them. Done again from the first, they go on where they were. */
export function swapSteps(folder: string, { replacement, aside, discard }: Swap): (() => void)[] {
  const file = (name: string) => join(folder, name);
  return [
    () => writeMarker(folder, { replacement, aside, discard }),
    ...FILE_SUFFIXES.map((part) => () => {
      // Once the replacement has its place, what is there is not the old one.
      if (!existsSync(file(replacement)) || !existsSync(file(LIVE_FILE + part))) return;
      renameSync(file(LIVE_FILE + part), file(aside + part));
    }),
    () => syncFolder(folder),
    () => {
      if (existsSync(file(replacement))) renameSync(file(replacement), file(LIVE_FILE));
    },
    () => syncFolder(folder),
    () => {
      if (discard) for (const part of FILE_SUFFIXES) rmSync(file(aside + part), { force: true });
    },
    () => rmSync(file(MARKER_FILE)),
  ];
}

/** Whole, or not there. */
function writeMarker(folder: string, swap: Swap): void {
  const scratch = join(folder, `${MARKER_FILE}.writing`);
  writeFileSync(scratch, JSON.stringify(swap), { flush: true });
  renameSync(scratch, join(folder, MARKER_FILE));
  syncFolder(folder);
}
