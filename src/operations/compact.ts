import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { migrate } from '../store/migrate.js';
import { vacuumDatabase } from '../store/postgresql/vacuum-database.js';
import { databaseBytes, removeDatabase } from '../store/sqlite/compact-file.js';
import { takeDataFolder } from '../store/sqlite/data-folder.js';
import { swapDatabase } from '../store/sqlite/swap-database.js';
import { inThread } from './in-thread.js';
import type { JobContext, Progress } from './job-context.js';

const REPLACEMENT_FILE = 'edgesoul.db.compacted';
const PROGRESS_EVERY_MS = 250;

/** Sizes of a store, in bytes. */
export interface CompactReport {
  before: number;
  after: number;
  /** How much the disk got back; on PostgreSQL other sessions may have written at the same time. */
  givenBack: number;
}

/**
 * Gives the room of removed rows back to the disk. A data folder must have no service: its database is copied
 * without free pages and replaced, so a kill leaves the old database or the new one. A PostgreSQL database is
 * vacuumed beside its services.
 */
export async function compact(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  context: JobContext,
): Promise<CompactReport> {
  const { progress = () => undefined, signal } = context;
  const sizes =
    databaseUrl === undefined
      ? await compactFolder(dataDir, context)
      : await vacuumDatabase(databaseUrl, { progress, signal });
  return { ...sizes, givenBack: Math.max(0, sizes.before - sizes.after) };
}

async function compactFolder(
  dataDir: string,
  { progress, signal }: JobContext,
): Promise<{ before: number; after: number }> {
  const data = takeDataFolder(dataDir);
  const copy = join(dataDir, REPLACEMENT_FILE);
  try {
    await migrate({ file: data.file });
    const before = databaseBytes(data.file);
    const stop = watchSize(copy, before, progress);
    try {
      await inThread('compactFile', { file: data.file, copy }, { signal });
    } catch (error) {
      removeDatabase(copy);
      throw error;
    } finally {
      stop();
    }
    swapDatabase(dataDir, { replacement: REPLACEMENT_FILE, aside: 'edgesoul.db.removed', discard: true });
    return { before, after: databaseBytes(data.file) };
  } finally {
    data.release();
  }
}

/** Reports the size of the growing copy; SQLite itself reports no progress. Returns a function that stops. */
function watchSize(copy: string, total: number, progress: Progress | undefined): () => void {
  if (!progress) return () => undefined;
  const timer = setInterval(() => {
    if (existsSync(copy)) progress(Math.min(statSync(copy).size, total), total);
  }, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}
