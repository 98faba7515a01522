import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { listManifests } from './backup-folder.js';

/** What a manifest or the header of a segment records about its store. */
interface OfStore {
  /** Absent if a release wrote it whose stores had no identity; then only its hashes can tell. */
  storeId?: string | undefined;
}

/** Whether it may be of the store: it is of no other one. Without an identity to compare, all may be. */
export function mayBeOf(storeId: string | undefined, recorded: OfStore): boolean {
  return storeId === undefined || recorded.storeId === undefined || recorded.storeId === storeId;
}

/**
 * Returns the identity of the store whose backups a drill tries; undefined if any may be tried, as the store
 * at the address cannot be read, or has neither events nor a backup yet.
 */
export async function identityToDrill(address: DatabaseAddress, folder: string): Promise<string | undefined> {
  try {
    return await readStore(address, async (reader) => {
      const storeId = await reader.storeId();
      if ((await reader.head()).position > 0) return storeId;
      const isKnown = (await listManifests(folder)).some((manifest) => manifest.storeId === storeId);
      return isKnown ? storeId : undefined;
    });
  } catch {
    return undefined;
  }
}

/**
 * Returns the identity of the store at the address; undefined if there is no store that can be read, or one
 * without events, which any backup may replace.
 */
export async function identityWithEvents(address: DatabaseAddress): Promise<string | undefined> {
  try {
    return await readStore(address, async (reader) => {
      const { position } = await reader.head();
      return position === 0 ? undefined : await reader.storeId();
    });
  } catch {
    return undefined;
  }
}
