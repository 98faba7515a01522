import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refused, StoreError, Unexpected } from '../../errors.js';
import { makeFolders } from '../../store/make-folders.js';
import { takeLock } from '../../store/sqlite/folder-lock.js';
import { inThread } from '../in-thread.js';
import type { JobContext } from '../job-context.js';
import { saveDrill, type DrillProof } from '../restore/drill.js';
import { planRestore } from '../restore/restore-plan.js';
import type { RestoreSource } from '../restore/restore.js';
import type { BackupInput } from './back-up.js';
import { folderLocked } from './backup-errors.js';
import { removePartials, writingTo } from './backup-folder.js';
import type { Manifest } from './manifest.js';
import { SCRATCH } from './scratch-names.js';

/**
 * Makes a full backup in its own thread, under the folder's lock. Leaves nothing unfinished behind, and first
 * removes what a killed process left. Throws Refused while another process makes one in the folder.
 */
export function runBackup(input: BackupInput, context?: JobContext): Promise<Manifest> {
  const { folder } = input;
  return writingTo(folder, async () => {
    makeFolders(folder);
    return withFolderLock(folder, { job: 'backup' }, () => inThread('backup', input, context));
  });
}

/** Runs a drill in its own thread, and saves its outcome. */
export async function runDrill(source: RestoreSource, context?: JobContext): Promise<DrillProof> {
  const { folder, from } = source;
  // A backup that was named may be of another store.
  const storeId = from === undefined ? source.storeId : undefined;
  // Throws the error for a missing backup, without creating the folder.
  if (!existsSync(folder)) planRestore({ folder, backups: [], broken: [], segments: [] }, undefined);
  try {
    const proof = await withFolderLock(folder, { job: 'drill', prefix: SCRATCH.drill }, () =>
      inThread('restoreDrill', source, context),
    );
    await saveDrill(folder, storeId, { proof });
    return proof;
  } catch (cause) {
    // A drill that did not begin says nothing about the backups.
    if (context?.signal?.aborted || (cause instanceof Refused && cause.code === 'drill.running')) throw cause;
    const error = cause instanceof StoreError ? cause : Unexpected.from(cause);
    await saveDrill(folder, storeId, { error });
    throw error;
  }
}

async function withFolderLock<T>(
  folder: string,
  { job, prefix }: { job: 'backup' | 'drill'; prefix?: string },
  work: () => Promise<T>,
): Promise<T> {
  const lock = takeLock(join(folder, `${job}.lock`));
  if (!lock) throw folderLocked(folder, job);
  try {
    await removePartials(folder, prefix);
    return await work();
  } finally {
    await removePartials(folder, prefix);
    lock.close();
  }
}
