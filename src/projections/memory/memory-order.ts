/**
 * The id of a memory in the full-text index carries the order of forming, so that what is found for a word is
 * in that order, and neighbours are known without reading rows:
 *
 *   indexId = slot * 2 + (1 if the content asks something), slot = block * SLOTS_PER_BLOCK + ordinal
 *
 * A block is the position of the event that began it: the first of the user's memories, or the first one
 * after the ordinals of a block were used up. It stays exact while a block is below 2^35, at 34 billion
 * events.
 */
export const SLOTS_PER_BLOCK = 2 ** 17;
/** Slots left free after a pause, so that memories before and after it are no neighbours. */
const SLOTS_OF_A_PAUSE = 2;
/** A longer time between two memories, in `occurredAt`, is a pause, ms. */
const PAUSE_MS = 3_600_000;

/** Where the next memory of a user goes. */
export interface Order {
  block: number;
  nextOrdinal: number;
  /** `occurredAt` of the memory formed last, ms UTC. */
  lastOccurredAt: number;
}

/** Returns the slot of a memory formed by an event, and where the next one goes. */
export function takeSlot(
  before: Order | undefined,
  event: { position: number; occurredAt: number },
): { slot: number; order: Order } {
  const pause =
    before && Math.abs(event.occurredAt - before.lastOccurredAt) > PAUSE_MS ? SLOTS_OF_A_PAUSE : 0;
  let block = before?.block ?? event.position;
  let ordinal = (before?.nextOrdinal ?? 0) + pause;
  if (ordinal >= SLOTS_PER_BLOCK) {
    block = event.position;
    ordinal = 0;
  }
  const order = { block, nextOrdinal: ordinal + 1, lastOccurredAt: event.occurredAt };
  return { slot: block * SLOTS_PER_BLOCK + ordinal, order };
}

/** Returns the index id of the memory in a slot. */
export function indexIdOf(slot: number, content: string): number {
  return slot * 2 + (/[?？؟]/.test(content) ? 1 : 0);
}

/** Returns the slot of an index id. */
export function slotOf(indexId: number): number {
  return Math.floor(indexId / 2);
}

/** Whether the memory with this index id asks something. */
export function asks(indexId: number): boolean {
  return indexId % 2 === 1;
}
