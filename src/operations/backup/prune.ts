import { listBackups, removeBackup } from './backup-folder.js';
import type { Manifest } from './manifest.js';
import { expired, type Keep } from './retention.js';
import { listSegments, removeSegments, sealedAt } from './segments.js';

/** Removes the backups that need not be kept, and the segments that no kept one needs; answers the backups. */
export async function prune(folder: string, keep: Keep): Promise<Manifest[]> {
  const backups = await listBackups(folder);
  const gone = expired(backups, keep);
  for (const backup of gone) await removeBackup(folder, backup);
  const oldest = backups.findLast((backup) => !gone.includes(backup));
  if (oldest) await removeUnneeded(folder, oldest);
  return gone;
}

/** A segment of which nothing stands behind the oldest backup, and that is older than it. */
async function removeUnneeded(folder: string, oldest: Manifest): Promise<void> {
  const before = (await listSegments(folder)).filter(({ to }) => to <= oldest.position);
  for (const segment of before) {
    // After a restore, newer segments may stand at lower positions.
    if ((await sealedAt(folder, segment)) < Date.parse(oldest.createdAt))
      await removeSegments(folder, [segment]);
  }
}
