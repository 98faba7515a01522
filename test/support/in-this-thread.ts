import { foldRange, type FoldRangeParts } from '../../src/projections/fold-range.js';
import type { RebuildParts } from '../../src/projections/rebuild.js';
import { userRanges } from '../../src/projections/user-ranges.js';

/** Folds everyone in three parts, one after another, as threads would fold them at once. */
export function inThisThread(parts: FoldRangeParts): RebuildParts['foldRanges'] {
  return async (compared, progress) => {
    const done = [];
    for (const range of await userRanges(parts.reader, 3))
      done.push(await foldRange(parts, { range, compared }, progress));
    return done;
  };
}
