import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { hashAt } from './hash-at.js';
import { sealSegment } from './seal-segment.js';
import { listSegments, removeSegments, segmentsFolder, shortHash, type Segment } from './segments.js';

/** Consecutive small segments that are merged into one. */
const MIN_MERGED_SEGMENTS = 100;
const SMALL_SEGMENT_BYTES = 8 * 1024 * 1024;

interface MergeOptions {
  minSegments?: number;
  /** To whom the merged one is encrypted. */
  recipients?: readonly string[] | undefined;
}

/**
 * Merges many small segments into one, because the folder gets a segment every few seconds. The merged one is
 * written from the log, under its final name, before the small ones are removed. A crash in between leaves
 * both, and a restore can use either.
 */
export async function mergeSegments(
  reader: StoreReader,
  backups: string,
  { minSegments = MIN_MERGED_SEGMENTS, recipients = [] }: MergeOptions = {},
): Promise<void> {
  const segments = await listSegments(backups);
  if (segments.length < minSegments) return;
  const run: Segment[] = [];
  for (const segment of segments) {
    const { size } = await stat(join(segmentsFolder(backups), segment.file));
    const last = run.at(-1);
    const follows = !last || (segment.from === last.to + 1 && segment.previousHash === last.lastHash);
    if (size >= SMALL_SEGMENT_BYTES || !follows) run.length = 0;
    if (size < SMALL_SEGMENT_BYTES) run.push(segment);
    if (run.length >= minSegments) {
      await mergeRun(reader, backups, run, recipients);
      run.length = 0;
    }
  }
}

async function mergeRun(
  reader: StoreReader,
  backups: string,
  run: readonly Segment[],
  recipients: readonly string[],
): Promise<void> {
  const first = run[0] as Segment;
  const last = run.at(-1) as Segment;
  // Events that a restore has discarded cannot be written from the log again, so their segments stay.
  if (shortHash(await hashAt(reader, last.to)) !== last.lastHash) return;
  const merged = await sealSegment(reader, backups, { after: first.from - 1, upTo: last.to }, recipients);
  await removeSegments(
    backups,
    run.filter(({ file }) => file !== merged),
  );
}
