import { ACTORS } from '../../events/actors.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { openStoreAt } from '../../store/open-log.js';
import { readStore } from '../../store/open-store-reader.js';
import { unverifiedRestore } from '../backup/backup-errors.js';
import { eraseAgain } from '../copies/erase-again.js';
import { ledgerOfRestore, type KnownErasures } from '../copies/ledger-of-restore.js';

/** What is known of those who were erased, when a store is restored. */
export interface ErasureSource {
  /** What the store that is replaced knows. */
  present?: KnownErasures | undefined;
  /** True to bring back who was erased since the backup: nothing is asked that knows of erasures. */
  withoutLedger?: boolean | undefined;
}

/** Throws Refused if it is not known who must not come back. */
export async function checkLedger(
  folder: string,
  storeId: string | undefined,
  { present, withoutLedger = false }: ErasureSource,
): Promise<void> {
  if (storeId !== undefined && !withoutLedger) await ledgerOfRestore(folder, storeId, present);
}

/** Erases in the restored store everyone whom the ledger has. Returns how many erasures its log had not. */
export async function eraseRestored(
  address: DatabaseAddress,
  folder: string,
  { present, withoutLedger = false }: ErasureSource,
  fold: () => Promise<unknown>,
): Promise<number> {
  const storeId = await readStore(address, (reader) => reader.storeId());
  const erasures = withoutLedger ? [] : await ledgerOfRestore(folder, storeId, present);
  const store = openStoreAt(address);
  try {
    return await eraseAgain(erasures, {
      ...store,
      actor: ACTORS.restore,
      fold,
      refused: unverifiedRestore,
    });
  } finally {
    await store.close();
  }
}
