import type { StoreReader } from '../../projections/folding/store-reader.js';
import { readMark } from '../../store/store-marks.js';
import type { Cutoffs } from './expired-events.js';
import type { RetentionReport } from './retention-report.js';

/** A run, as the store remembers it: nobody is named. */
export type RememberedRun = Omit<RetentionReport, 'listed' | 'listedErased'>;

/** What a store remembers of retention. */
export interface RetentionMark {
  /** Up to where each rule is done. */
  done: Cutoffs;
  /** The last run, of whichever process. */
  last: RememberedRun;
}

/** Reads what the store remembers; undefined before the first run. */
export async function readRetentionMark(
  reader: Pick<StoreReader, 'rows'>,
): Promise<(RetentionMark & { markedAt: number }) | undefined> {
  const mark = await readMark(reader, 'retention');
  return mark && { ...(JSON.parse(mark.value) as RetentionMark), markedAt: mark.markedAt };
}
