import { existsSync } from 'node:fs';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { readCopiesMark } from './copies-mark.js';
import { ledgerWith, readLedger } from './ledger.js';
import { owedByScratch, scratchIn } from './leftovers.js';
import { loggedErasures } from './logged-erasures.js';
import { ownCopies, owedBy, withLog, type OwnEntry, type UnreadableCopy } from './own-copies.js';
import { whyUnreachable } from './reachable.js';

/** A copy that may have users who were erased. */
export interface OwingCopy {
  /** Name in the backup folder. */
  file: string;
  /** The erasures whose users it may have. */
  owed: OwnEntry[];
  /** Why it was not rewritten; null if it is about to be, or to be removed. */
  why: string | null;
}

export interface OwingCopies {
  copies: OwingCopy[];
  /** Files of which it cannot be told whom they have. */
  unreadable: UnreadableCopy[];
}

/** Returns which copies of the store may still have somebody who was erased. Throws if the ledger is damaged. */
export async function owingCopies(folder: string, reader: StoreReader): Promise<OwingCopies> {
  if (!existsSync(folder)) return { copies: [], unreadable: [] };
  const written = await readLedger(folder, await reader.storeId());
  // A process that was killed, or a folder that could not be written, has left the last ones out.
  const ledger = await withLog(reader, ledgerWith(written, await loggedErasures(reader, written)));
  if (ledger.length === 0) return { copies: [], unreadable: [] };
  const { copies, unreadable } = await ownCopies(folder, reader);
  const mark = await readCopiesMark(reader);
  const reasons = new Map([...(mark?.unreached ?? []), ...unreadable].map(({ file, why }) => [file, why]));
  const owing = copies.map((copy) => ({
    file: copy.file,
    owed: owedBy(copy, ledger),
    why: whyUnreachable(copy) ?? reasons.get(copy.file) ?? null,
  }));
  const scratch = (await scratchIn(folder)).map((file) => ({
    file,
    owed: owedByScratch(file, ledger, mark),
    why: null,
  }));
  return { copies: [...owing, ...scratch].filter(({ owed }) => owed.length > 0), unreadable };
}
