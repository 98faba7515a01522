import { StoreError, Unavailable } from '../../errors.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { readStore } from '../../store/open-store-reader.js';
import { availableIn } from './available.js';
import { hasBackups, listBackups, writingTo } from './backup-folder.js';
import { mergeSegments } from './merge-segments.js';
import { planRestore } from './restore-plan.js';
import { hashAt, sealSegment } from './seal-segment.js';
import { listSegments, short } from './segments.js';

/** What is shipped, and from where. */
export interface ShipOrder {
  address: DatabaseAddress;
  /** The backup folder. */
  folder: string;
  /** Where the last pass of this process has ended; it looks for the place itself when left out. */
  since?: Shipped | undefined;
}

/** Up to where the log is outside of its database. */
export interface Shipped {
  position: number;
  /** Of the event there: the first digits. */
  hash: string;
}

/**
 * Seals what the log has more than the backup folder. Answers up to where it is there now; undefined where a full backup
 * has to come first, because what is in the folder does not lead to this log's present.
 */
export function shipLog({ address, folder, since }: ShipOrder): Promise<Shipped | undefined> {
  return writingTo(folder, () =>
    readStore(address, async (reader) => {
      const known = since && (await isIn(folder, since)) ? since : undefined;
      const place = known ?? (await restorable(folder));
      if (!place || !(await isOnChain(reader, place))) return undefined;
      const { position, hash } = await reader.head();
      if (position === place.position) return place;
      await sealSegment(reader, folder, { after: place.position, upTo: position });
      await mergeSegments(reader, folder);
      return { position, hash: short(hash) };
    }),
  );
}

/** Whether the folder has still what was written there: someone may have emptied it, or another one is mounted there now. */
async function isIn(folder: string, { position, hash }: Shipped): Promise<boolean> {
  if (!(await hasBackups(folder))) return false;
  const segments = await listSegments(folder);
  if (segments.some((segment) => segment.to === position && segment.lastHash === hash)) return true;
  const backups = await listBackups(folder);
  return backups.some((backup) => backup.position === position && short(backup.chainHead) === hash);
}

/** What a restore would give now; undefined where it would be refused. */
async function restorable(folder: string): Promise<Shipped | undefined> {
  try {
    const { base, segments } = planRestore(await availableIn(folder), undefined);
    const last = segments.at(-1);
    return last
      ? { position: last.to, hash: last.lastHash }
      : { position: base.position, hash: short(base.chainHead) };
  } catch (error) {
    // A folder that cannot be read now may be all right.
    if (error instanceof StoreError && !(error instanceof Unavailable)) return undefined;
    throw error;
  }
}

async function isOnChain(reader: StoreReader, { position, hash }: Shipped): Promise<boolean> {
  return short(await hashAt(reader, position)) === hash;
}
