import type { UserRange } from '../../projections/folding/fold-store.js';
import { foldRange, type FoldedRange, type FoldRangeParts } from './fold-range.js';

/** Ranges of users that several threads take one after another, so that all of them are done at about the same time. */
export interface RangeQueue {
  ranges: readonly UserRange[];
  /** How many were asked for; lives in shared memory. */
  taken: Int32Array;
  /** Names of the projections whose live rows are compared. */
  compared: readonly string[];
}

/** A part of a rebuild, and which of the ranges it is of. */
export interface QueuedFold {
  index: number;
  folded: FoldedRange;
}

/** Nothing is taken yet. */
export function queueRanges(ranges: readonly UserRange[], compared: readonly string[]): RangeQueue {
  return { ranges, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), compared };
}

/** Whether nothing is left to take. */
export function isDrained({ ranges, taken }: RangeQueue): boolean {
  return Atomics.load(taken, 0) >= ranges.length;
}

/** Folds one range after another until all are taken; before each it waits for what the caller wants. */
export async function foldFromQueue(
  parts: FoldRangeParts,
  shared: RangeQueue,
  progress: (events: number) => void,
  before: () => Promise<void> = async () => undefined,
): Promise<QueuedFold[]> {
  const { ranges, taken, compared } = shared;
  const done: QueuedFold[] = [];
  for (;;) {
    await before();
    const index = Atomics.add(taken, 0, 1);
    const range = ranges[index];
    if (!range) return done;
    done.push({ index, folded: await foldRange(parts, { range, compared }, progress) });
  }
}

/** What was folded, in the order of the users, whoever folded it. */
export function inOrder(taken: readonly QueuedFold[]): FoldedRange[] {
  return taken.toSorted((a, b) => a.index - b.index).map(({ folded }) => folded);
}
