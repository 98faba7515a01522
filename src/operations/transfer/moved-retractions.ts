import { jsonCodec } from '../../events/log/event-codec.js';
import type { LogTransaction, StoredEvent } from '../../events/log/event-log.js';
import { isErased } from '../../events/log/event-seal.js';
import { changesThePast } from '../../events/log/record-effects.js';
import type { EventsRestored } from '../../events/retraction/events-restored.event.js';
import { EVENTS_RETRACTED, type EventsRetracted } from '../../events/retraction/events-retracted.event.js';

const EVENTS_PER_PAGE = 1_000;

/**
 * Returns the events with the positions that retractions among them name as they are in this log. Only what
 * is recorded beside the events changes with them: the events themselves keep their data.
 */
export async function withPositionsHere(
  transaction: Pick<LogTransaction, 'read'>,
  events: readonly StoredEvent[],
): Promise<StoredEvent[]> {
  const moved: StoredEvent[] = [];
  for (const event of events) {
    if (!changesThePast(event) || isErased(event)) moved.push(event);
    else moved.push({ ...event, data: jsonCodec.encode(await movedData(transaction, event, events), '') });
  }
  return moved;
}

async function movedData(
  transaction: Pick<LogTransaction, 'read'>,
  event: StoredEvent,
  appended: readonly StoredEvent[],
): Promise<object> {
  const { userId } = event;
  const data = jsonCodec.decode(event.data, userId);
  const ofUser = appended.filter((each) => each.userId === userId);
  if (event.type === EVENTS_RETRACTED) {
    const retracted = data as EventsRetracted;
    const positions = await positionsOf(transaction, userId, ofUser, new Set(retracted.eventIds));
    return { ...retracted, positions };
  }
  const restored = data as EventsRestored;
  const [retractedAt = 0] = await positionsOf(transaction, userId, ofUser, new Set([restored.retractionId]));
  return { ...restored, retractedAt };
}

/** The positions of those of the user's events, stored or about to be, that have these ids. */
async function positionsOf(
  transaction: Pick<LogTransaction, 'read'>,
  userId: string,
  appended: readonly StoredEvent[],
  ids: ReadonlySet<string>,
): Promise<number[]> {
  const positions: number[] = [];
  const take = (events: readonly StoredEvent[]) => {
    for (const { eventId, position } of events) if (ids.has(eventId)) positions.push(position);
  };
  for (let after = 0; ;) {
    const page = await transaction.read({ after, userId, limit: EVENTS_PER_PAGE });
    take(page);
    const last = page.at(-1);
    if (!last) break;
    after = last.position;
  }
  take(appended);
  return positions;
}
