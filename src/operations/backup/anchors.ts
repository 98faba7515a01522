import type { Anchor } from '../verify/verify-log.js';
import { listManifests } from './backup-folder.js';

/** Where the log ended when each backup of the folder was made, and the hash of the event there. */
export async function anchorsOf(folder: string): Promise<Anchor[]> {
  const manifests = await listManifests(folder);
  return manifests
    .filter(({ position }) => position > 0)
    .map(({ position, chainHead: hash, file: source, createdAt, recordedAt, receipts }) => {
      // The moment that a backup holds comes after it was begun.
      const notedAt = Math.max(Date.parse(createdAt), recordedAt === null ? 0 : Date.parse(recordedAt));
      return { position, hash, source, notedAt, receipts };
    });
}
