import { USER_ERASED, type UserErased } from '../../events/erasure/user-erased.event.js';
import { ErasedDigest } from '../../events/log/erasure/erased-digest.js';
import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import type { StoredEvent } from '../../events/log/event-log.js';
import { isErased, withoutData } from '../../events/log/event-seal.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

const EVENTS_PER_PAGE = 1_000;

/** Counts what an erasure of the user would erase now, and covers the events that have no seal. */
export async function countErased(reader: StoreReader, userId: string): Promise<UserErased> {
  const { position: upTo } = await reader.head();
  let digest = new ErasedDigest();
  let events = 0;
  for (let after = 0; ;) {
    const page = await reader.events({ after, upTo, userId, limit: EVENTS_PER_PAGE });
    const last = page.at(-1);
    if (!last) break;
    for (const event of page) {
      // It covers the events without a seal before it.
      if (event.type === USER_ERASED) digest = new ErasedDigest();
      if (event.type === USER_ERASED || (isErased(event) && event.seal)) continue;
      if (!isErased(event)) events++;
      // In a copy that was rewritten, data is gone of events that no event covers.
      if (!event.seal) digest.add(event, chainHash(await hashBefore(reader, event), withoutData(event)));
    }
    after = last.position;
  }
  const unsealed = digest.events === 0 ? null : { events: digest.events, digest: digest.digest };
  return { upTo, events, unsealed };
}

async function hashBefore(reader: StoreReader, { position }: StoredEvent): Promise<string> {
  if (position === 1) return GENESIS;
  const [before] = await reader.events({ after: position - 2, limit: 1 });
  return before?.hash ?? GENESIS;
}
