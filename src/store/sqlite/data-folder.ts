import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefused } from '../../errors.js';
import { whyOf } from '../../why.js';
import { makeFolders } from '../make-folders.js';
import type { Announced } from '../store.js';
import { takeLock, type FolderLock } from './folder-lock.js';
import { finishSwap, isSwapping } from './swap-database.js';

/** The folder of the database, owned by this process until it is released. */
export interface DataFolder {
  /** Path of the database file. */
  readonly file: string;
  /** Records where the service is for other processes that find the folder in use. */
  announce(service: Announced): void;
  release(): void;
}

/** The process that has a data folder. */
export interface Owner {
  pid: number;
  /** When it took the folder, ISO 8601. */
  since: string;
  /** Where its service listens; absent while none does. */
  url?: string;
  /** The backup folder of that service. */
  backupDir?: string;
}

/** Path of the database file in a data folder. */
export function databaseFile(folder: string): string {
  return join(folder, 'edgesoul.db');
}

/**
 * Creates the folder if necessary, takes it for this process, and finishes an interrupted restore. Throws
 * StartRefused if the folder cannot be used or another process has it. The operating system releases the lock
 * of a killed process.
 */
export function takeDataFolder(folder: string): DataFolder {
  try {
    makeFolders(folder);
  } catch (cause) {
    throw unusableFolder(folder, cause);
  }
  const lock = tryLock(folder);
  if (!lock) {
    const { pid = 'unknown', since = 'unknown' } = readOwner(folder) ?? {};
    throw new StartRefused(
      `${folder} is in use by another process (pid ${pid}, since ${since}). Stop it, or choose another DATA_DIR.`,
    );
  }
  const owner: Owner = { pid: process.pid, since: new Date().toISOString() };
  try {
    finishSwap(folder);
    removeUnfinished(folder);
    writeOwner(folder, owner);
  } catch (cause) {
    lock.close();
    throw unusableFolder(folder, cause);
  }
  return {
    file: databaseFile(folder),
    announce: (service) => writeOwner(folder, { ...owner, ...service }),
    release: () => {
      try {
        rmSync(ownerFile(folder), { force: true });
      } finally {
        lock.close();
      }
    },
  };
}

/**
 * Completes the swap of a killed restore, reset or compaction, in the midst of which the folder has no
 * database, and removes what one was still building: it may have who was erased since.
 */
export function finishKilled(folder: string): void {
  if (isSwapping(folder) || (unfinishedIn(folder).length > 0 && !ownerOf(folder)))
    takeDataFolder(folder).release();
}

/** Removes files that a killed restore, reset or compaction was still building; nothing is lost with them. */
function removeUnfinished(folder: string): void {
  for (const name of unfinishedIn(folder)) rmSync(join(folder, name));
}

function unfinishedIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /^edgesoul\.db\.(restoring|emptied|compacted)(-|$)/.test(name));
}

/** Whether the last process that had the folder was killed; also true while one has it. */
export function wasKilled(folder: string): boolean {
  return existsSync(ownerFile(folder));
}

/** Returns the process that has the folder now; undefined if none has. */
export function ownerOf(folder: string): Owner | undefined {
  if (!existsSync(lockFile(folder))) return undefined;
  const lock = tryLock(folder);
  if (!lock) return readOwner(folder) ?? { pid: 0, since: 'unknown' };
  lock.close();
  return undefined;
}

/** Takes the folder's lock; returns undefined while another process holds it. */
function tryLock(folder: string): FolderLock | undefined {
  try {
    return takeLock(lockFile(folder));
  } catch (cause) {
    throw unusableFolder(folder, cause);
  }
}

function lockFile(folder: string): string {
  return join(folder, 'edgesoul.lock');
}

function ownerFile(folder: string): string {
  return join(folder, 'edgesoul.owner');
}

function writeOwner(folder: string, owner: Owner): void {
  writeFileSync(ownerFile(folder), `${JSON.stringify(owner)}\n`);
}

function readOwner(folder: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(ownerFile(folder), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function unusableFolder(folder: string, cause: unknown): StartRefused {
  const why = whyOf(cause);
  return new StartRefused(`DATA_DIR ${folder} cannot be used: ${why}`, { cause });
}
