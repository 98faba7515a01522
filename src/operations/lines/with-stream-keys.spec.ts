import { Refused } from '../../errors.js';
import { GENESIS } from '../../events/log/event-hash.js';
import type { LogTransaction, StreamHead } from '../../events/log/event-log.js';
import type { LoggedEvent } from './log-line.js';
import { withStreamKeys } from './with-stream-keys.js';

/** A transaction of a remote database with these streams, which counts its round trips. */
function remote(streams: Record<string, StreamHead>) {
  const loaded = new Map<string, StreamHead | undefined>();
  const missing = new Set<string>();
  let roundTrips = 0;
  const transaction = {
    stream: (_userId: string, streamId: string) => {
      if (!loaded.has(streamId)) missing.add(streamId);
      return loaded.get(streamId);
    },
    loadMissing: async () => {
      if (missing.size === 0) return true;
      roundTrips++;
      for (const id of missing) loaded.set(id, streams[id]);
      missing.clear();
      return false;
    },
  } as unknown as LogTransaction;
  return { transaction, roundTrips: () => roundTrips };
}

const event = (position: number, streamId: string, version: number): LoggedEvent => ({
  position,
  streamId,
  version,
  userId: 'ada',
  eventId: '',
  type: 'session.ended',
  schemaVersion: 1,
  occurredAt: 0,
  utcOffset: 0,
  recordedAt: 0,
  commandId: '',
  correlationId: '',
  causationId: null,
  actor: 'test',
  data: '{}',
  hash: GENESIS,
});

const refused = (what: string) => new Refused('import.store-changed', what);

describe('the stream keys of logged events', () => {
  const streams = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`s${i}`, { streamKey: i + 1, version: 3, position: i + 101 }]),
  );

  it('are found in one round trip, however many streams continue', async () => {
    const { transaction, roundTrips } = remote(streams);
    const events = Object.keys(streams).map((streamId, i) => event(201 + i, streamId, 4));

    const found = await withStreamKeys(transaction, events, refused);

    expect(found.map(({ streamKey }) => streamKey)).toEqual(events.map((_, i) => i + 1));
    expect(roundTrips()).toBe(1);
  });

  it('are the position of the first event where a stream begins', async () => {
    const { transaction } = remote(streams);
    const found = await withStreamKeys(transaction, [event(7, 'new', 1), event(8, 'new', 2)], refused);
    expect(found.map(({ streamKey }) => streamKey)).toEqual([7, 7]);
  });

  it('are refused if a version does not follow', async () => {
    const { transaction } = remote(streams);
    const work = withStreamKeys(transaction, [event(201, 's1', 4), event(202, 's2', 6)], refused);
    await expect(work).rejects.toThrow('s2 of user ada is at version 3, but the next event has version 6');
  });
});
