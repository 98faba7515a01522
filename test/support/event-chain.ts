import { chainHash, GENESIS } from '../../src/events/log/event-hash.js';
import type { StoredEvent } from '../../src/events/log/event-log.js';

/** The first position at which an event is missing, added or changed; undefined if the chain is unbroken. */
export function brokenAt(events: readonly StoredEvent[]): number | undefined {
  let previous = GENESIS;
  for (const [i, { streamKey: _key, hash, ...event }] of events.entries()) {
    if (event.position !== i + 1 || chainHash(previous, event) !== hash) return i + 1;
    previous = hash;
  }
  return undefined;
}
