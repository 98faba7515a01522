import type { StoreReader } from '../../projections/folding/store-reader.js';
import { readMark } from '../../store/store-marks.js';
import type { UnreadableCopy } from './own-copies.js';

/** What the store knows of its copies in the backup folder. */
export interface CopiesMark {
  /** Every copy that can be rewritten has nobody who was erased up to this position. */
  position: number;
  /** When that was so, ISO 8601. */
  at: string;
  /** The copies that could not be rewritten. */
  unreached: UnreadableCopy[];
  /** What a backup, a drill or a restore had unpacked then, and may have it from before. */
  inUse?: string[];
}

/** Reads it; undefined if the copies were never looked at since somebody was erased. */
export async function readCopiesMark(reader: Pick<StoreReader, 'rows'>): Promise<CopiesMark | undefined> {
  const mark = await readMark(reader, 'copies');
  return mark && (JSON.parse(mark.value) as CopiesMark);
}
