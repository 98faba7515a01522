import type { Anchor } from '../verify/verify-log.js';
import { listManifests } from './backup-folder.js';

/** For each backup in the folder: the position where its log ended, and the hash of the event there. */
export async function anchorsOf(folder: string): Promise<Anchor[]> {
  const manifests = await listManifests(folder);
  return manifests
    .filter(({ position }) => position > 0)
    .map(({ position, chainHead: hash, file: source, createdAt, recordedAt, receipts }) => {
      // The snapshot of a backup is taken after the backup began, so its last event may be newer.
      const takenAt = Math.max(Date.parse(createdAt), recordedAt === null ? 0 : Date.parse(recordedAt));
      return { position, hash, source, takenAt, receipts };
    });
}
