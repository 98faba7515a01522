import { DamagedDatabase } from '../../errors.js';

/** Selects the UUID that names the store. */
export const SELECT_STORE_ID = 'select store_id from store_identity';

/**
 * Returns the identity that was read. Throws DamagedDatabase if the store has none: every migrated one has.
 */
export function storeIdOf(read: string | undefined): string {
  if (read === undefined) throw DamagedDatabase.because('the table store_identity is empty');
  return read;
}

/**
 * Returns the identity of a store from before stores had one: a UUID (version 8) made of the hash of its
 * first event, 64 hex digits. The migration computes the same in SQL, so that a backup of an older release is
 * a backup of the store that was migrated. Stores whose logs begin with the same event get the same.
 */
export function identityOfLog(firstHash: string): string {
  const part = (from: number, to: number) => firstHash.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-8${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}
