import { WriteTurns } from '../database/sqlite/write-turns.js';
import { Refused } from '../errors.js';
import type { DatabaseAddress } from './database-address.js';
import { openStoreAt, type OpenStore } from './open-log.js';
import { takeRebuild } from './take-rebuild.js';

/** A store that is open for a rebuild, beside whoever serves it. */
export interface OpenRebuild extends OpenStore {
  /** For threads that help. */
  address: DatabaseAddress;
}

/** Opens a store for a rebuild. Throws Refused while another process rebuilds in it. */
export async function openRebuild(address: DatabaseAddress): Promise<OpenRebuild> {
  if ('file' in address) {
    // Only one process has the data folder, and it begins one rebuild at a time.
    const shared = { ...address, turns: address.turns ?? new WriteTurns().memory };
    return { address: shared, ...openStoreAt(shared, { synced: false }) };
  }
  const taken = await takeRebuild(address.url);
  if (!taken) throw Refused.jobRuns('rebuild', 'of another process');
  const store = openStoreAt(address);
  return { address, ...store, close: async () => void (await Promise.all([store.close(), taken.release()])) };
}
