import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Refused } from '../../errors.js';
import { takeLock } from '../../store/folder-lock.js';
import { inThread } from '../in-thread.js';
import type { Watched } from '../watched.js';
import type { BackupOrder } from './back-up.js';
import { removePartials, writingTo } from './backup-folder.js';
import type { Manifest } from './manifest.js';

/**
 * Makes a full backup in a thread of its own, while nobody else makes one in the folder. Whatever becomes of it, nothing
 * unfinished stays behind: what a killed process left is removed first.
 */
export function runBackup(order: BackupOrder, watched?: Watched): Promise<Manifest> {
  const { folder } = order;
  return writingTo(folder, async () => {
    await mkdir(folder, { recursive: true });
    const lock = takeLock(join(folder, 'backup.lock'));
    if (!lock) throw Refused.backupRuns(folder);
    try {
      await removePartials(folder);
      return await inThread('backup', order, watched);
    } finally {
      await removePartials(folder);
      lock.close();
    }
  });
}
