import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError, Unavailable } from '../../errors.js';
import { syncFolder } from '../../store/sync-folder.js';
import { whyOf } from '../../why.js';
import { unwritableBackups } from './backup-errors.js';
import { unreadableBackup } from './backup-errors.js';
import { readManifest, type Manifest } from './manifest.js';
import { checkSize } from './zstd-files.js';

const MANIFEST = /^edgesoul_backup_[\w-]+\.json$/;
/** What is being written; whatever of it a killed process leaves is removed by the next. */
const PARTIAL = '.partial-';

/** A backup that nothing can be restored from. */
export interface BrokenBackup {
  /** Of its manifest; names sort by the time at which backups were begun. */
  name: string;
  why: string;
}

/** Every backup of the folder that has its data, newest first. Throws Unavailable where the folder cannot be read. */
export async function listBackups(folder: string): Promise<Manifest[]> {
  return (await readBackups(folder)).backups;
}

/** The same, and those of which the manifest or the data is not what was written, newest first. */
export async function readBackups(folder: string): Promise<{ backups: Manifest[]; broken: BrokenBackup[] }> {
  const names = (await namesIn(folder))
    .filter((name) => MANIFEST.test(name))
    .toSorted()
    .toReversed();
  const read = await Promise.allSettled(names.map((name) => readWhole(folder, name)));
  // What cannot be read just now is not broken.
  for (const outcome of read)
    if (outcome.status === 'rejected' && outcome.reason instanceof Unavailable) throw outcome.reason;
  const backups = read.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []));
  const broken = read.flatMap((outcome, i) =>
    outcome.status === 'rejected' ? [{ name: names[i] ?? '', why: (outcome.reason as Error).message }] : [],
  );
  return { backups: backups.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)), broken };
}

/** Every manifest that can be read, also where its data is not there any more. */
export async function listManifests(folder: string): Promise<Manifest[]> {
  const names = (await namesIn(folder)).filter((name) => MANIFEST.test(name));
  const read = await Promise.allSettled(names.map((name) => readManifest(folder, name)));
  return read.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/** Whether the folder has any manifest: a look at its names. */
export async function hasBackups(folder: string): Promise<boolean> {
  return (await namesIn(folder)).some((name) => MANIFEST.test(name));
}

/**
 * Whether its data is what it should be, only a restore or a drill reads through; that it is there, a look tells. Undefined
 * where the backup was removed meanwhile.
 */
async function readWhole(folder: string, name: string): Promise<Manifest | undefined> {
  try {
    const manifest = await readManifest(folder, name);
    await checkSize(join(folder, manifest.file), manifest);
    return manifest;
  } catch (error) {
    if (!existsSync(join(folder, name))) return undefined;
    throw error;
  }
}

/** The names in a folder; none where there is no folder. Throws Unavailable where it cannot be read. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw unreadableBackup(folder, error);
  }
}

/** A new folder in the backup folder for what is not finished. */
export async function makePartial(folder: string, id: string): Promise<string> {
  const partial = join(folder, `${PARTIAL}${id}`);
  await mkdir(partial, { recursive: true });
  return partial;
}

/** Removes what is not finished. */
export async function removePartials(folder: string, prefix = PARTIAL): Promise<void> {
  const names = (await namesIn(folder)).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Gives files that are on disk their final names, one after another, and puts the names on disk. */
export async function publish(partial: string, folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await rename(join(partial, name), join(folder, name));
    syncFolder(folder);
  }
}

/** Writes JSON that is whole on disk, or not there. */
export async function writeJson(folder: string, name: string, value: object): Promise<void> {
  const scratch = `.writing-${name}`;
  await writeFile(join(folder, scratch), `${JSON.stringify(value, null, 2)}\n`, { flush: true });
  await rename(join(folder, scratch), join(folder, name));
  syncFolder(folder);
}

/** Removes a backup: first the manifest, so that there is never one without its data. */
export async function removeBackup(folder: string, { file }: Pick<Manifest, 'file'>): Promise<void> {
  await rm(join(folder, manifestOf(file)), { force: true });
  await rm(join(folder, file), { force: true });
}

/** The manifest's name beside its data. */
export function manifestOf(file: string): string {
  return file.replace(/\.(db|ndjson)\.zst$/, '.json');
}

/** Runs work that writes into the folder; says so when the folder cannot be written. */
export async function writingTo<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = whyUnwritable(error);
    throw why === undefined ? error : unwritableBackups(folder, why, error);
  }
}

const UNWRITABLE = /^(ENOSPC|EDQUOT|EFBIG|EROFS|EACCES|EPERM|EIO|ENOTDIR|EEXIST)$/;
const FULL = /^(ENOSPC|EDQUOT|EFBIG)$/;

/** Why files cannot be written: what the operating system says, or SQLite of a copy; undefined for any other failure. */
function whyUnwritable(error: unknown): string | undefined {
  // Of the copy: the live database is only read.
  if (error instanceof Unavailable && error.code === 'database.unavailable') return whyOf(error.cause);
  const { code } = error as { code?: unknown };
  if (error instanceof StoreError || typeof code !== 'string' || !UNWRITABLE.test(code)) return undefined;
  return FULL.test(code) ? `no space is left (${code})` : whyOf(error);
}
