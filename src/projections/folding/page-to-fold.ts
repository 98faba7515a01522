import type { StoreEvent } from '../../events/event-catalog.js';
import type { FoldEvent } from '../../events/event.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { LogTransaction, StoredEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { changesThePast } from '../../events/log/record-effects.js';

const EVENTS_PER_PAGE = 1_000;

/** An event, and whether it is taken back. */
interface KnownEvent {
  event: FoldEvent;
  isRetracted: boolean;
}

/** A page of the log, ready to be folded onto rows that hold everything before it. */
export interface PageToFold {
  events: readonly StoreEvent[];
  /**
   * The users of whom the page takes events back, or restores some: all their events up to the end of the
   * page, as they count there. Those in the page are among them.
   */
  again: ReadonlyMap<string, readonly KnownEvent[]>;
}

/** Decodes a page, and reads what has to be folded again because of it. Throws PoisonEvent. */
export async function pageToFold(
  transaction: Pick<LogTransaction, 'readOfUser'>,
  decoder: EventDecoder,
  { stored, types }: { stored: readonly StoredEvent[]; types: readonly string[] },
): Promise<PageToFold> {
  const events = stored.map((event) => decoder.decode(event));
  const upTo = events.at(-1)?.position ?? 0;
  const again = new Map<string, KnownEvent[]>();
  for (const userId of new Set(stored.filter(changesThePast).map((event) => event.userId)))
    again.set(userId, await eventsOf(transaction, decoder, { userId, upTo, types }));
  return { events, again };
}

async function eventsOf(
  transaction: Pick<LogTransaction, 'readOfUser'>,
  decoder: EventDecoder,
  query: { userId: string; upTo: number; types: readonly string[] },
): Promise<KnownEvent[]> {
  const known: KnownEvent[] = [];
  for (let after = 0; ;) {
    const page = await transaction.readOfUser({ ...query, after, limit: EVENTS_PER_PAGE });
    for (const event of page.events)
      // Of an erased one that was taken back, its place may be left.
      if (!isErased(event) || event.retraction)
        known.push({ event: decoder.decodeScanned(event), isRetracted: event.retraction !== undefined });
    if (!page.more) return known;
    after = page.events.at(-1)?.position ?? query.upTo;
  }
}
