import { foldTaken, inOrder, shareRanges } from '../../src/operations/taken-ranges.js';
import type { FoldRangeParts } from '../../src/projections/fold-range.js';
import type { RebuildParts } from '../../src/projections/rebuild.js';
import { userRanges } from '../../src/projections/user-ranges.js';

/** Folds everyone in seven ranges, as threads would fold them that are done in another order than that of the users. */
export function inThisThread(parts: FoldRangeParts): RebuildParts['foldRanges'] {
  return async (compared, progress) => {
    const shared = shareRanges(await userRanges(parts.reader, 7), compared);
    const taken = await foldTaken(parts, shared, progress);
    return inOrder(taken.toReversed());
  };
}
