import { GENESIS } from '../../events/log/event-hash.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

/** Returns the hash of the event at a position; GENESIS at 0, an empty string if there is no event. */
export async function hashAt(reader: Pick<StoreReader, 'events'>, position: number): Promise<string> {
  if (position === 0) return GENESIS;
  const [event] = await reader.events({ after: position - 1, limit: 1 });
  return event?.position === position ? event.hash : '';
}
