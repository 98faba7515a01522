import { existsSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError, Unavailable } from '../../errors.js';
import { makeFolders } from '../../store/make-folders.js';
import { syncFolder } from '../../store/sync-folder.js';
import { whyOf } from '../../why.js';
import { unwritableBackups } from './backup-errors.js';
import { unreadableBackup } from './backup-errors.js';
import { newestFirst } from './backup-order.js';
import { manifestOf, readManifest, type Manifest } from './manifest.js';
import { SCRATCH } from './scratch-names.js';
import { checkSize } from './zstd-files.js';

/** Names of manifests. */
export const MANIFEST_NAME = /^edgesoul_backup_[\w-]+\.json$/;

/** A backup that cannot be restored. */
export interface BrokenBackup {
  /** Name of its manifest. Names sort by the times at which the backups began. */
  name: string;
  /** Its number, if its manifest can be read and has one. */
  sequence?: number | undefined;
  why: string;
}

/**
 * Returns every backup whose data file has the recorded size, newest first. Throws Unavailable if the folder
 * cannot be read.
 */
export async function listBackups(folder: string): Promise<Manifest[]> {
  return (await readBackups(folder)).backups;
}

/** Returns the same, and the backups whose manifest or data is not what was written; both newest first. */
export async function readBackups(folder: string): Promise<{ backups: Manifest[]; broken: BrokenBackup[] }> {
  const names = (await namesIn(folder))
    .filter((name) => MANIFEST_NAME.test(name))
    .toSorted()
    .toReversed();
  const read = await Promise.allSettled(names.map((name) => readChecked(folder, name)));
  // A file that cannot be read at the moment is not broken.
  for (const outcome of read)
    if (outcome.status === 'rejected' && outcome.reason instanceof Unavailable) throw outcome.reason;
  const backups = read.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []));
  const reasons = read.map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as Error) : undefined,
  );
  const broken = await Promise.all(
    names.flatMap((name, i) => {
      const reason = reasons[i];
      return reason ? [brokenBackup(folder, name, reason.message)] : [];
    }),
  );
  return { backups: backups.toSorted(newestFirst), broken };
}

async function brokenBackup(folder: string, name: string, why: string): Promise<BrokenBackup> {
  const manifest = await readManifest(folder, name).catch(() => undefined);
  return { name, why, ...(manifest?.sequence !== undefined && { sequence: manifest.sequence }) };
}

/** Returns every manifest that can be read, even if its data file is gone. */
export async function listManifests(folder: string): Promise<Manifest[]> {
  const names = (await namesIn(folder)).filter((name) => MANIFEST_NAME.test(name));
  const read = await Promise.allSettled(names.map((name) => readManifest(folder, name)));
  return read.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/** Whether the folder has any manifest, judged by names alone. */
export async function hasBackups(folder: string): Promise<boolean> {
  return (await namesIn(folder)).some((name) => MANIFEST_NAME.test(name));
}

/**
 * Reads the manifest and checks that the data file has the recorded size; only a restore or a drill verifies
 * its content. Returns undefined if the backup has just been removed.
 */
async function readChecked(folder: string, name: string): Promise<Manifest | undefined> {
  try {
    const manifest = await readManifest(folder, name);
    await checkSize(join(folder, manifest.file), manifest);
    return manifest;
  } catch (error) {
    if (!existsSync(join(folder, name))) return undefined;
    throw error;
  }
}

/** Returns the names in a folder; empty if there is no folder. Throws Unavailable if it cannot be read. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw unreadableBackup(folder, error);
  }
}

/** Creates a folder for unfinished files in the backup folder. */
export async function makePartial(folder: string, id: string): Promise<string> {
  const partial = join(folder, partialName(id));
  makeFolders(partial);
  return partial;
}

/** Returns the name of a folder for unfinished files. */
export function partialName(id: string): string {
  return `${SCRATCH.backup}${id}`;
}

/** Removes the folders of unfinished files. */
export async function removePartials(folder: string, prefix: string = SCRATCH.backup): Promise<void> {
  const names = (await namesIn(folder)).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Renames files that are on disk to their final names, one after another, and syncs each rename. */
export async function publish(partial: string, folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await rename(join(partial, name), join(folder, name));
    syncFolder(folder);
  }
}

/** Writes a JSON file that is complete on disk, or as it was. */
export function writeJson(folder: string, name: string, value: object): Promise<void> {
  return writeWhole(folder, name, `${JSON.stringify(value, null, 2)}\n`);
}

/** Writes a file that is complete on disk, or as it was. */
export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const scratch = `.writing-${name}`;
  await writeFile(join(folder, scratch), text, { flush: true });
  await rename(join(folder, scratch), join(folder, name));
  syncFolder(folder);
}

/** Removes a backup, the manifest first, so that no manifest is ever without its data. */
export async function removeBackup(folder: string, { file }: Pick<Manifest, 'file'>): Promise<void> {
  await rm(join(folder, manifestOf(file)), { force: true });
  await rm(join(folder, file), { force: true });
}

/** Runs work that writes into the folder. Throws Unavailable if the folder cannot be written. */
export async function writingTo<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = whyUnwritable(error);
    throw why === undefined ? error : unwritableBackups(folder, why, error);
  }
}

const UNWRITABLE_CODES = /^(ENOSPC|EDQUOT|EFBIG|EROFS|EACCES|EPERM|EIO|ENOTDIR|EEXIST)$/;
const DISK_FULL_CODES = /^(ENOSPC|EDQUOT|EFBIG)$/;

/** Why files cannot be written, as reported by the OS, or by SQLite for a copy; otherwise undefined. */
function whyUnwritable(error: unknown): string | undefined {
  // This error is about the copy, because the live database is only read.
  if (error instanceof Unavailable && error.code.startsWith('database.')) return whyOf(error.cause);
  const { code } = error as { code?: unknown };
  if (error instanceof StoreError || typeof code !== 'string' || !UNWRITABLE_CODES.test(code))
    return undefined;
  return DISK_FULL_CODES.test(code) ? `no space is left (${code})` : whyOf(error);
}
