import type { UserRange } from '../../projections/folding/fold-store.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

/** Divides users into at most `maxRanges` ranges of similar size; fewer if few users have most events. */
export async function userRanges(
  reader: Pick<StoreReader, 'head' | 'userAtOffset'>,
  maxRanges: number,
): Promise<UserRange[]> {
  const { position: events } = await reader.head();
  const ranges: UserRange[] = [];
  let after = '';
  while (ranges.length < maxRanges - 1) {
    const upTo = await reader.userAtOffset(after, Math.floor(events / maxRanges));
    if (upTo === undefined) break;
    ranges.push({ after, upTo });
    after = upTo;
  }
  return [...ranges, { after, upTo: undefined }];
}
