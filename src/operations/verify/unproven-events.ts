import { USER_ERASED, userErased } from '../../events/erasure/user-erased.event.js';
import { ErasedDigest } from '../../events/log/erasure/erased-digest.js';
import type { StoredEvent } from '../../events/log/event-log.js';

/** Erased events of one user that no event has covered yet. */
interface Uncovered {
  digest: ErasedDigest;
  first: StoredEvent;
}

/**
 * Checks the erased events whose hashes cannot be computed any more: the event that erased their user covers
 * what remains of them. Events must come in the order of their positions.
 */
export class UnprovenEvents {
  private readonly byUser = new Map<string, Uncovered>();

  /** Takes an event whose hash cannot be computed, and the hash that it has without its data. */
  add(event: StoredEvent, withoutData: string): void {
    const uncovered = this.byUser.get(event.userId) ?? { digest: new ErasedDigest(), first: event };
    uncovered.digest.add(event, withoutData);
    this.byUser.set(event.userId, uncovered);
  }

  /**
   * Takes an event that may cover those before; returns the first of them if it does not cover them exactly.
   */
  cover(event: StoredEvent): StoredEvent | undefined {
    if (event.type !== USER_ERASED) return undefined;
    const uncovered = this.byUser.get(event.userId);
    if (!uncovered) return undefined;
    this.byUser.delete(event.userId);
    const { events, digest } = uncovered.digest;
    const said = unsealedIn(event);
    return said?.events === events && said.digest === digest ? undefined : uncovered.first;
  }

  /** The first of each user's events that nothing covers. */
  rest(): StoredEvent[] {
    return [...this.byUser.values()].map(({ first }) => first);
  }
}

function unsealedIn({ data }: StoredEvent) {
  try {
    return userErased.validate(JSON.parse(String(data))).unsealed;
  } catch {
    return undefined;
  }
}
