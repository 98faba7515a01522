import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskFailure } from '../../errors.js';
import { whyOf } from '../../why.js';

/** Where the log ended when a service looked last. */
export interface RememberedHead {
  position: number;
  /** Hash of the event there, 64 hex digits. */
  hash: string;
  /** Ms UTC. */
  at: number;
}

/** Name of the file; it lies beside the database and is never part of it, so no damage to one hits both. */
export const HEAD_FILE = 'edgesoul.head';

/** Returns what the file of a data folder says; undefined if it is absent or unreadable. */
export function readHeadFile(folder: string): RememberedHead | undefined {
  try {
    const { position, hash, at } = JSON.parse(
      readFileSync(join(folder, HEAD_FILE), 'utf8'),
    ) as Partial<RememberedHead>;
    if (!Number.isSafeInteger(position) || typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
      return undefined;
    return { position: position as number, hash, at: Number(at) || 0 };
  } catch {
    return undefined;
  }
}

/**
 * Writes the file atomically: after a crash it has the old content or the new one. Throws DiskFailure.
 */
export async function writeHeadFile(folder: string, head: RememberedHead): Promise<void> {
  const scratch = join(folder, `${HEAD_FILE}.writing`);
  try {
    await writeFile(scratch, `${JSON.stringify(head)}\n`, { mode: 0o600, flush: true });
    await rename(scratch, join(folder, HEAD_FILE));
  } catch (cause) {
    throw new DiskFailure('database.unavailable', `${scratch} cannot be written: ${whyOf(cause)}`, { cause });
  }
}
