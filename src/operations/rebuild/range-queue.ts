import type { UserRange } from '../../projections/folding/fold-store.js';
import { foldRange, type FoldedRange, type FoldRangeParts } from './fold-range.js';

/** User ranges that threads take one by one, so that all threads finish at about the same time. */
export interface RangeQueue {
  ranges: readonly UserRange[];
  /** How many ranges threads have asked for, in shared memory; may exceed the number of ranges. */
  taken: Int32Array;
  /** Names of the projections whose live rows are compared. */
  compared: readonly string[];
}

/** A folded range, and its index in the queue. */
export interface QueuedFold {
  index: number;
  folded: FoldedRange;
}

/** Returns a queue from which no range has been taken. */
export function queueRanges(ranges: readonly UserRange[], compared: readonly string[]): RangeQueue {
  return { ranges, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), compared };
}

/** Whether every range has been taken. */
export function isDrained({ ranges, taken }: RangeQueue): boolean {
  return Atomics.load(taken, 0) >= ranges.length;
}

/** Takes and folds ranges until the queue is drained; awaits `beforeTaking` before each. */
export async function foldFromQueue(
  parts: FoldRangeParts,
  queue: RangeQueue,
  progress: (events: number) => void,
  beforeTaking: () => Promise<void> = async () => undefined,
): Promise<QueuedFold[]> {
  const { ranges, taken, compared } = queue;
  const done: QueuedFold[] = [];
  for (;;) {
    await beforeTaking();
    const index = Atomics.add(taken, 0, 1);
    const range = ranges[index];
    if (!range) return done;
    done.push({ index, folded: await foldRange(parts, { range, compared }, progress) });
  }
}

/** Returns the folded ranges in user-id order, whichever thread folded them. */
export function inUserOrder(folds: readonly QueuedFold[]): FoldedRange[] {
  return folds.toSorted((a, b) => a.index - b.index).map(({ folded }) => folded);
}
