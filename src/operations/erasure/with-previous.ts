import type { StoredEvent } from '../../events/log/event-log.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

/** Reads the event at a position, and the one before. */
export async function withPrevious(
  reader: Pick<StoreReader, 'events'>,
  position: number,
): Promise<[before: StoredEvent | undefined, event: StoredEvent | undefined]> {
  const events = await reader.events({ after: position - 2, upTo: position, limit: 2 });
  // A page ends early after a large event.
  const more =
    events.at(-1)?.position === position ? [] : await reader.events({ after: position - 1, limit: 1 });
  const at = (wanted: number) => [...events, ...more].find((event) => event.position === wanted);
  return [at(position - 1), at(position)];
}
