import type { StoreReader } from '../../projections/folding/store-reader.js';
import { readBackups } from '../backup/backup-folder.js';
import type { LedgerStamp, Manifest } from '../backup/manifest.js';
import { hashAt } from '../shipping/hash-at.js';
import { listSegments, sealOf, shortHash, type Segment } from '../shipping/segments.js';
import { stampedEntries, type LedgerEntry } from './ledger.js';

/** A file of the backup folder that has a part of the store's log. */
export type Copy = {
  /** Name in the backup folder. */
  file: string;
  /** Positions of its first and of its last event. */
  from: number;
  to: number;
  /** Whether its events are those of the present log. Otherwise they are of a past that a restore gave up. */
  isOnLog: boolean;
  ledger: LedgerStamp | undefined;
} & ({ manifest: Manifest } | { segment: Segment });

/** An erasure, and whether its event is in the present log. */
export type OwnEntry = LedgerEntry & { isOnLog: boolean };

/** A file of which it cannot be told what it has. */
export interface UnreadableCopy {
  file: string;
  why: string;
}

/** Returns the copies of the store in the folder: full backups, newest first, then segments, by position. */
export async function ownCopies(
  folder: string,
  reader: StoreReader,
): Promise<{ copies: Copy[]; unreadable: UnreadableCopy[] }> {
  const storeId = await reader.storeId();
  const { backups, broken } = await readBackups(folder);
  const copies: Copy[] = [];
  for (const manifest of backups) {
    const { file, position: to, chainHead, ledger } = manifest;
    const isOnLog = (await hashAt(reader, to)) === chainHead;
    if (manifest.storeId === storeId || (manifest.storeId === undefined && isOnLog && to > 0))
      copies.push({ file, from: 1, to, isOnLog, ledger, manifest });
  }
  for (const segment of await listSegments(folder)) {
    const { from, to, lastHash } = segment;
    const isOnLog = shortHash(await hashAt(reader, to)) === lastHash;
    const seal = await sealOf(folder, segment);
    if (seal.storeId === storeId || (seal.storeId === undefined && isOnLog))
      copies.push({ file: `segments/${segment.file}`, from, to, isOnLog, ledger: seal.ledger, segment });
  }
  return { copies, unreadable: broken.map(({ name, why }) => ({ file: name, why })) };
}

/** Adds which entries are in the present log. */
export async function withLog(reader: StoreReader, ledger: readonly LedgerEntry[]): Promise<OwnEntry[]> {
  const entries: OwnEntry[] = [];
  for (const entry of ledger) {
    const isOnLog = (await hashAt(reader, entry.position)) === entry.hash;
    entries.push({ ...entry, isOnLog });
  }
  return entries;
}

/**
 * Returns the erasures whose users the copy may still have. In the present log positions tell. Elsewhere a
 * file has to be looked into.
 */
export function owedBy(copy: Copy, ledger: readonly OwnEntry[]): OwnEntry[] {
  return ledger.slice(stampedEntries(copy.ledger, ledger)).filter((entry) => {
    if (!copy.isOnLog) return true;
    // A repetition of it is in the log, or whoever restored without the ledger wanted the user back.
    if (!entry.isOnLog) return false;
    return copy.to >= entry.from && ('manifest' in copy || copy.from < entry.position);
  });
}

/** Whether a part of the log that is in the copy has to go with the erasure. */
export function isCovered(
  { isOnLog }: Pick<Copy, 'isOnLog'>,
  entry: OwnEntry,
  { position, recordedAt }: { position: number; recordedAt: number },
): boolean {
  // Within one log, times never go back; between two, positions say nothing.
  return isOnLog && entry.isOnLog ? position < entry.position : recordedAt <= entry.erasedAt;
}
