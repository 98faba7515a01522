import { PoisonEvent } from '../../errors.js';
import { EventDecoder } from '../../events/log/event-decoder.js';
import { isErased } from '../../events/log/event-seal.js';
import { MAX_RETRACTED } from '../../events/retraction/events-retracted.event.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';
import { readStanding } from '../retraction/standing.js';
import { ExpiredEvents, type Cutoffs, type EventRule } from './expired-events.js';

const EVENTS_PER_PAGE = 1_000;
const decoder = new EventDecoder();

/** What of one user is old. */
export interface ExpiredOfUser {
  userId: string;
  /** The first of it that one retraction takes. */
  positions: number[];
  /** How many events each rule chose. */
  rules: Partial<Record<EventRule, number>>;
  events: number;
  /** How many memories go. */
  memories: number;
  /** How many events are old, and stay because they have no seal. */
  unsealed: number;
  /** Position of the user's last event when this was read. */
  lastPosition: number;
}

/** Reads all events of a user, and chooses what is old. An event that cannot be decoded stays. */
export async function expiredOfUser(
  reader: StoreReader,
  userId: string,
  cutoffs: Cutoffs,
): Promise<ExpiredOfUser> {
  const expired = new ExpiredEvents(cutoffs, await readStanding(reader, userId));
  const formed = new Set<number>();
  let lastPosition = 0;
  for (;;) {
    const page = await reader.events({ userId, after: lastPosition, limit: EVENTS_PER_PAGE });
    if (page.length === 0) break;
    for (const stored of page) {
      lastPosition = stored.position;
      if (isErased(stored)) continue;
      if (stored.type === 'memory.formed') formed.add(stored.position);
      try {
        expired.add(decoder.decode(stored), Boolean(stored.seal));
      } catch (error) {
        if (!(error instanceof PoisonEvent)) throw error;
      }
    }
  }
  const all = expired.result();
  const rules: ExpiredOfUser['rules'] = {};
  for (const { rule } of all) rules[rule] = (rules[rule] ?? 0) + 1;
  return {
    userId,
    positions: all.slice(0, MAX_RETRACTED).map(({ position }) => position),
    rules,
    events: all.length,
    memories: all.filter(({ position }) => formed.has(position)).length,
    unsealed: expired.unsealed,
    lastPosition,
  };
}
