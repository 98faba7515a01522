import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { hashAt } from '../shipping/hash-at.js';
import { listSegments, removeSegments, shortHash } from '../shipping/segments.js';
import { listBackups, removeBackup } from './backup-folder.js';
import type { Manifest } from './manifest.js';
import { mayBeOf } from './own-backups.js';
import { expired, type RetentionPolicy } from './retention.js';

/**
 * Removes the backups of the store's own log that retention does not keep, and the segments that no kept
 * backup needs. Returns the removed backups. Backups of another store, or of a history that a restore or a
 * reset has discarded, are never removed.
 */
export async function prune(
  folder: string,
  keep: RetentionPolicy,
  address: DatabaseAddress,
): Promise<Manifest[]> {
  return readStore(address, async (reader) => {
    const backups: Manifest[] = [];
    const storeId = await reader.storeId();
    for (const backup of await listBackups(folder))
      if (mayBeOf(storeId, backup) && (await hashAt(reader, backup.position)) === backup.chainHead)
        backups.push(backup);
    const removed = expired(backups, keep);
    for (const backup of removed) await removeBackup(folder, backup);
    const kept = backups.filter((backup) => !removed.includes(backup)).map(({ position }) => position);
    if (kept.length > 0) await removeUnneeded(reader, folder, Math.min(...kept));
    return removed;
  });
}

/** Removes the segments of this log that end by the position of the earliest backup. */
async function removeUnneeded(reader: StoreReader, folder: string, earliest: number): Promise<void> {
  const before = (await listSegments(folder)).filter(({ to }) => to <= earliest);
  for (const segment of before) {
    const isOwn = shortHash(await hashAt(reader, segment.to)) === segment.lastHash;
    if (isOwn) await removeSegments(folder, [segment]);
  }
}
