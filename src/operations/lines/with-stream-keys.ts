import { keyText } from '../../database/table.js';
import type { StoreError } from '../../errors.js';
import {
  untilLoaded,
  type LogTransaction,
  type StoredEvent,
  type StreamHead,
} from '../../events/log/event-log.js';
import type { LoggedEvent } from './log-line.js';

/**
 * Returns the events with the keys of their streams in this store; a new stream's key is the position of its
 * first event. Throws the error of `refused` if an event's version does not follow its stream's.
 */
export function withStreamKeys(
  transaction: LogTransaction,
  events: readonly LoggedEvent[],
  refused: (what: string) => StoreError,
): Promise<StoredEvent[]> {
  return untilLoaded(transaction, () => {
    const streams = new Map<string, StreamHead>();
    // Every stream is asked for before the first one is judged: a refusal ends the run, and one round trip
    // per stream made a restore into PostgreSQL ten times slower.
    for (const { userId, streamId } of events) transaction.stream(userId, streamId);
    return events.map((event) => {
      const { userId, streamId, position, version } = event;
      const id = keyText([userId, streamId]);
      const before = streams.get(id) ??
        transaction.stream(userId, streamId) ?? { streamKey: position, version: 0, position };
      if (version !== before.version + 1) {
        throw refused(
          `${streamId} of user ${userId} is at version ${before.version}, but the next event has version ${version}`,
        );
      }
      streams.set(id, { streamKey: before.streamKey, version, position });
      return { ...event, streamKey: before.streamKey };
    });
  });
}
