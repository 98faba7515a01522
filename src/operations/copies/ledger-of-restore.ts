import type { StoreReader } from '../../projections/folding/store-reader.js';
import { ledgerMissing } from '../backup/backup-errors.js';
import { listManifests } from '../backup/backup-folder.js';
import { newestFirst } from '../backup/backup-order.js';
import { ledgerName, readLedger, stampedEntries, type LoggedErasure } from './ledger.js';
import { loggedErasures } from './logged-erasures.js';

/** What a store knows of erasures, beside what the ledger in the backup folder does. */
export interface KnownErasures {
  storeId: string;
  erasures: LoggedErasure[];
}

/** Returns what a store knows. */
export async function knownTo(reader: StoreReader): Promise<KnownErasures> {
  return { storeId: await reader.storeId(), erasures: await loggedErasures(reader) };
}

/**
 * Returns every erasure of the store that the folder's ledger or the present store knows. Throws Refused if
 * the newest backup knows of more than the ledger has.
 */
export async function ledgerOfRestore(
  folder: string,
  storeId: string,
  present: KnownErasures | undefined,
): Promise<LoggedErasure[]> {
  const ledger = await readLedger(folder, storeId);
  const own = (await listManifests(folder)).filter((manifest) => manifest.storeId === storeId);
  const stamp = own.toSorted(newestFirst)[0]?.ledger;
  if (stamp && stampedEntries(stamp, ledger) === 0) throw ledgerMissing(ledgerName(storeId), stamp.entries);
  const known = new Set(ledger.map(({ erasureId }) => erasureId));
  const others = present?.storeId === storeId ? present.erasures : [];
  return [...ledger, ...others.filter(({ erasureId }) => !known.has(erasureId))];
}
