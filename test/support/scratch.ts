import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILE = 'edgesoul.db';

/** A new folder below the system's temporary folder. */
export function scratchFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'edgesoul-contract-'));
}

/** A new, migrated database file in its own folder, which the caller removes. */
export async function migratedFile(): Promise<string> {
  const file = join(await scratchFolder(), FILE);
  await copyMigrated(file);
  return file;
}

/** Copies the migrated database of the run. */
export async function copyMigrated(file: string): Promise<void> {
  const template = process.env.TEST_SQLITE_TEMPLATE;
  if (!template) throw new Error('No database file was migrated for this run.');
  await copyFile(template, file);
}

/** Copies the file and its write-ahead log as they are on disk, which is what a killed process leaves. */
export async function copied(file: string): Promise<string> {
  const copy = join(await scratchFolder(), FILE);
  await copyFile(file, copy);
  await copyFile(`${file}-wal`, `${copy}-wal`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return copy;
}
