import type { DatabaseAddress } from './database-address.js';
import { openStoreAt, type OpenStore, type WriteOptions } from './open-log.js';
import { acquireRebuildLock, rebuildLocked } from './postgresql/rebuild-lock.js';

/** Opens a store for a rebuild; a service may use it. Throws Refused while another process rebuilds in it. */
export async function openStoreForRebuild(
  address: DatabaseAddress,
  options: WriteOptions = { synced: false },
): Promise<OpenStore> {
  // Only one process has the data folder, and it runs one rebuild at a time.
  if ('file' in address) return openStoreAt(address, options);
  const lock = await acquireRebuildLock(address.url);
  if (!lock) throw rebuildLocked();
  const store = openStoreAt(address);
  return { ...store, close: async () => void (await Promise.all([store.close(), lock.release()])) };
}
