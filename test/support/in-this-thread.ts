import type { FoldRangeParts } from '../../src/operations/rebuild/fold-range.js';
import { foldFromQueue, inUserOrder, queueRanges } from '../../src/operations/rebuild/range-queue.js';
import type { RebuildParts } from '../../src/operations/rebuild/rebuild.js';
import { userRanges } from '../../src/operations/rebuild/user-ranges.js';

/** Folds all users in seven ranges, as threads that finish out of user order would. */
export function foldInThisThread(parts: FoldRangeParts): RebuildParts['foldRanges'] {
  return async (compared, progress) => {
    const shared = queueRanges(await userRanges(parts.reader, 7), compared);
    const taken = await foldFromQueue(parts, shared, progress);
    return inUserOrder(taken.toReversed());
  };
}
