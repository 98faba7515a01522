import type { DatabaseAddress } from './database-address.js';
import { openStoreAt, type OpenStore, type Writing } from './open-log.js';
import { rebuildRuns } from './postgresql/rebuild-lock.js';
import { acquireRebuildLock } from './postgresql/rebuild-lock.js';

/** Opens a store for a rebuild, beside whoever serves it. Throws Refused while another process rebuilds in it. */
export async function openRebuild(
  address: DatabaseAddress,
  writing: Writing = { synced: false },
): Promise<OpenStore> {
  // Only one process has the data folder, and it begins one rebuild at a time.
  if ('file' in address) return openStoreAt(address, writing);
  const taken = await acquireRebuildLock(address.url);
  if (!taken) throw rebuildRuns();
  const store = openStoreAt(address);
  return { ...store, close: async () => void (await Promise.all([store.close(), taken.release()])) };
}
