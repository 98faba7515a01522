import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import type { Anchor } from '../verify/verify-log.js';
import { listManifests } from './backup-folder.js';
import { mayBeOf } from './own-backups.js';

/**
 * For each backup of the store in the folder: the position where its log ended, and the hash of the event
 * there.
 */
export async function anchorsOf(folder: string, address: DatabaseAddress): Promise<Anchor[]> {
  const manifests = await listManifests(folder);
  const storeId = await readStore(address, (reader) => reader.storeId());
  return manifests
    .filter((manifest) => manifest.position > 0 && mayBeOf(storeId, manifest))
    .map(({ position, chainHead: hash, file: source, createdAt, recordedAt, receipts }) => {
      // The snapshot of a backup is taken after the backup began, so its last event may be newer.
      const takenAt = Math.max(Date.parse(createdAt), recordedAt === null ? 0 : Date.parse(recordedAt));
      return { position, hash, source, takenAt, receipts };
    });
}
