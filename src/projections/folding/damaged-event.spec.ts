import { chainHash, GENESIS } from '../../events/log/event-hash.js';
import type { EventQuery, StoredEvent } from '../../events/log/event-log.js';
import { DAMAGED_EVENT, explainStop, isDamagedEvent } from './damaged-event.js';

const intact: StoredEvent[] = [];
for (let position = 1; position <= 3; position++) {
  const event = { position, userId: 'ada', streamId: 'profile:ada', type: 'x', data: '{}' } as StoredEvent;
  intact.push({ ...event, hash: chainHash(intact.at(-1)?.hash ?? GENESIS, event) });
}

const readerOf =
  (log: readonly StoredEvent[]) =>
  async ({ after, upTo = Infinity, limit }: EventQuery) =>
    log.filter(({ position }) => position > after && position <= upTo).slice(0, limit);

describe('an event at which a projection stopped', () => {
  it.each([1, 2, 3])(
    'is intact if its hash follows from the event before it: position %i',
    async (position) => {
      expect(await isDamagedEvent(readerOf(intact), position)).toBe(false);
      const stop = await explainStop(readerOf(intact), { position, cause: 'no such field' });
      expect(stop).toEqual({ cause: 'no such field', damaged: false });
    },
  );

  it.each([1, 2, 3])('is damaged if it was changed: position %i', async (position) => {
    const log = intact.map((event) => (event.position === position ? { ...event, data: '{"a":1}' } : event));
    expect(await isDamagedEvent(readerOf(log), position)).toBe(true);
    const stop = await explainStop(readerOf(log), { position, cause: 'no such field' });
    expect(stop).toEqual({ cause: `no such field. ${DAMAGED_EVENT}`, damaged: true });
  });

  it('is damaged if it, or the event before it, is missing', async () => {
    expect(await isDamagedEvent(readerOf(intact.slice(0, 2)), 3)).toBe(true);
    expect(await isDamagedEvent(readerOf(intact.slice(2)), 3)).toBe(true);
  });
});
