import { toResult, type ThreadResult } from '../../thread-result.js';
import type { DatabaseAddress } from '../database-address.js';
import { noteUses } from './access-keys.js';

/** Writes when keys were last used, where no request waits for it. */
export default function write({
  address,
  uses,
}: {
  address: DatabaseAddress;
  uses: [string, number][];
}): Promise<ThreadResult<void>> {
  return toResult(() => noteUses(address, uses));
}
