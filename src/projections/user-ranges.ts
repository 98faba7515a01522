import type { UserRange } from './fold-store.js';
import type { StoreReader } from './store-reader.js';

/** Divides the users into ranges with about as many events each; at most so many, fewer when few users have most events. */
export async function userRanges(
  reader: Pick<StoreReader, 'head' | 'userBehind'>,
  most: number,
): Promise<UserRange[]> {
  const { position: events } = await reader.head();
  const ends = new Set<string>();
  for (let part = 1; part < most; part++) {
    const user = await reader.userBehind(Math.floor((events * part) / most));
    if (user !== undefined) ends.add(user);
  }
  const ranges: UserRange[] = [];
  let after = '';
  for (const upTo of ends) {
    ranges.push({ after, upTo });
    after = upTo;
  }
  return [...ranges, { after, upTo: undefined }];
}
