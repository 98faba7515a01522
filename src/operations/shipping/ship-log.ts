import { StoreError, Unavailable } from '../../errors.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { hasBackups, listBackups, writingTo } from '../backup/backup-folder.js';
import { lastStamp } from '../copies/ledger.js';
import { rewriteCopies } from '../copies/rewrite-copies.js';
import { choosePlan } from '../restore/choose-plan.js';
import { hashAt } from './hash-at.js';
import { mergeSegments } from './merge-segments.js';
import { sealSegment } from './seal-segment.js';
import { listSegments, shortHash } from './segments.js';

/** How long the shipping waits for a rewriting of the copies that runs, ms. */
const REWRITING_MS = 600_000;

export interface ShipInput {
  address: DatabaseAddress;
  /** The backup folder. */
  folder: string;
  /** Where the last pass of this process ended; determined from the folder when omitted. */
  since?: Shipped | undefined;
  /** To whom segments are encrypted. */
  recipients?: readonly string[] | undefined;
}

/** How far the log is in the backup folder. */
export interface Shipped {
  position: number;
  /** First digits of the hash of the event there. */
  hash: string;
}

/**
 * Writes the events that the backup folder lacks into a new segment. Returns how far the folder is now;
 * undefined if a full backup is needed first, because what is in the folder does not lead to this log's head.
 */
export function shipLog({ address, folder, since, recipients }: ShipInput): Promise<Shipped | undefined> {
  return writingTo(folder, () =>
    readStore(address, async (reader) => {
      const known = since && (await isStillIn(folder, since)) ? since : undefined;
      const from = known ?? (await restorableEnd(folder, await reader.storeId()));
      if (!from || !(await isOnChain(reader, from))) return undefined;
      const { position, hash } = await reader.head();
      if (position === from.position) return from;
      const stamp = await lastStamp(folder, await reader.storeId());
      await sealSegment(reader, folder, { after: from.position, upTo: position }, recipients);
      await mergeSegments(reader, folder, { recipients });
      // Whoever was erased in between may be in the segment, and a rewriting have ended without it.
      const later = await lastStamp(folder, await reader.storeId());
      if (later?.digest !== stamp?.digest) await rewriteCopies({ address, folder, waitMs: REWRITING_MS });
      return { position, hash: shortHash(hash) };
    }),
  );
}

/** Whether the folder still has what was shipped: it may have been emptied, or another one mounted. */
async function isStillIn(folder: string, { position, hash }: Shipped): Promise<boolean> {
  if (!(await hasBackups(folder))) return false;
  const segments = await listSegments(folder);
  if (segments.some((segment) => segment.to === position && segment.lastHash === hash)) return true;
  const backups = await listBackups(folder);
  return backups.some((backup) => backup.position === position && shortHash(backup.chainHead) === hash);
}

/** Returns where a restore would end now; undefined if it would be refused. */
async function restorableEnd(folder: string, storeId: string): Promise<Shipped | undefined> {
  try {
    const { base, segments } = await choosePlan({ folder, storeId });
    const last = segments.at(-1);
    return last
      ? { position: last.to, hash: last.lastHash }
      : { position: base.position, hash: shortHash(base.chainHead) };
  } catch (error) {
    // A folder that cannot be read at the moment may be intact.
    if (error instanceof StoreError && !(error instanceof Unavailable)) return undefined;
    throw error;
  }
}

async function isOnChain(reader: StoreReader, { position, hash }: Shipped): Promise<boolean> {
  return shortHash(await hashAt(reader, position)) === hash;
}
