import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import type { EventQuery, StoredEvent } from '../../events/log/event-log.js';

/** Reads a page of the log, by position. */
type ReadEvents = (query: EventQuery) => Promise<StoredEvent[]>;

/** What is said about an event that is not as it was written. */
export const DAMAGED_EVENT =
  'The event is not as it was written, because its hash does not match. It cannot be skipped; restore the store from a backup.';

/**
 * Whether the event at the position is not as it was written: its hash does not follow from its content and
 * the event before it. An event that is missing, or follows a gap, counts as damaged.
 */
export async function isDamagedEvent(read: ReadEvents, position: number): Promise<boolean> {
  const events = await read({ after: Math.max(0, position - 2), upTo: position, limit: 2 });
  const event = events.find((each) => each.position === position);
  const before = events.find((each) => each.position === position - 1);
  const previous = position === 1 ? GENESIS : before?.hash;
  return event === undefined || previous === undefined || chainHash(previous, event) !== event.hash;
}

/** Returns the cause for which a projection stopped at the event, and whether the event is damaged. */
export async function explainStop(
  read: ReadEvents,
  { position, cause }: { position: number; cause: string },
): Promise<{ cause: string; damaged: boolean }> {
  const damaged = await isDamagedEvent(read, position);
  return { cause: damaged ? `${withFullStop(cause)} ${DAMAGED_EVENT}` : cause, damaged };
}

function withFullStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
