import { EVENT_TYPES, type StoreEvent } from '../../events/event-catalog.js';
import type { FoldEvent } from '../../events/event.js';
import type { EventDecoder } from '../../events/log/event-decoder.js';
import type { LogTransaction, ScannedEvent, StoredEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { undoesEarlier } from '../../events/log/record-effects.js';

/** Most events that are folded again with one page: as many as an ordinary batch of commands appends. */
export const MAX_EVENTS_AGAIN = 500;

/** Events of any type are read: to look for a few that are rare would take as long as the user's log is long. */
const ALL_TYPES = EVENT_TYPES.map(({ type }) => type);

/** An event, and whether it is taken back. */
export interface KnownEvent {
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
  /**
   * The page ends before this event: its user has too many events to be folded again while commands wait, and
   * has to be folded by `foldBeside`.
   */
  beside?: StoredEvent;
}

/** Decodes a page, and reads what has to be folded again because of it. Throws PoisonEvent. */
export async function pageToFold(
  transaction: Pick<LogTransaction, 'readOfUser'>,
  decoder: EventDecoder,
  { stored, types }: { stored: readonly StoredEvent[]; types: readonly string[] },
): Promise<PageToFold> {
  const upTo = stored.at(-1)?.position ?? 0;
  const again = new Map<string, KnownEvent[]>();
  let room = MAX_EVENTS_AGAIN;
  for (const [i, event] of stored.entries()) {
    const { userId } = event;
    if (!undoesEarlier(event) || again.has(userId)) continue;
    const all = await transaction.readOfUser({ userId, upTo, types: ALL_TYPES, after: 0, limit: room + 1 });
    if (all.more)
      return {
        beside: event,
        ...(await pageToFold(transaction, decoder, { stored: stored.slice(0, i), types })),
      };
    room -= all.events.length;
    const folded = all.events.filter(({ type }) => types.includes(type));
    again.set(userId, knownEvents(folded, decoder));
  }
  return { events: stored.map((event) => decoder.decode(event)), again };
}

/** Decodes events of one user for a fold from the first one on. */
export function knownEvents(events: readonly ScannedEvent[], decoder: EventDecoder): KnownEvent[] {
  // Of an erased one that was taken back, its place may be left.
  const left = events.filter((event) => !isErased(event) || event.retraction);
  return left.map((event) => ({
    event: decoder.decodeScanned(event),
    isRetracted: event.retraction !== undefined,
  }));
}
