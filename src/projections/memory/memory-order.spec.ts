import { asks, indexIdOf, slotOf, SLOTS_PER_BLOCK, takeSlot, type Order } from './memory-order.js';

const HOUR_MS = 3_600_000;

/** The slots of memories that occurred at these times, relative to the first one. */
function slots(...times: number[]): number[] {
  let order: Order | undefined;
  const taken: number[] = [];
  for (const [i, occurredAt] of times.entries()) {
    const next = takeSlot(order, { position: 7 + i, occurredAt });
    order = next.order;
    taken.push(next.slot - 7 * SLOTS_PER_BLOCK);
  }
  return taken;
}

describe('the slots of memories', () => {
  it('follow each other in the order of forming', () => {
    expect(slots(0, 0, HOUR_MS, 2 * HOUR_MS)).toEqual([0, 1, 2, 3]);
  });

  it('have two free ones after a pause of more than an hour, forwards or backwards', () => {
    expect(slots(0, HOUR_MS + 1, 2 * HOUR_MS)).toEqual([0, 3, 4]);
    expect(slots(0, -HOUR_MS - 1)).toEqual([0, 3]);
  });

  it('begin again in another block when those of a block are used up', () => {
    const order = { block: 7, nextOrdinal: SLOTS_PER_BLOCK - 1, lastOccurredAt: 0 };
    const last = takeSlot(order, { position: 1_000_000, occurredAt: 0 });
    const next = takeSlot(last.order, { position: 1_000_005, occurredAt: 0 });
    expect(last.slot).toBe(8 * SLOTS_PER_BLOCK - 1);
    expect(next).toEqual({
      slot: 1_000_005 * SLOTS_PER_BLOCK,
      order: { block: 1_000_005, nextOrdinal: 1, lastOccurredAt: 0 },
    });
  });
});

describe('an index id', () => {
  it('holds the slot, and whether the memory asks something', () => {
    for (const slot of [0, 5, (2 ** 35 - 1) * SLOTS_PER_BLOCK + SLOTS_PER_BLOCK - 1]) {
      for (const [content, isAsking] of [
        ['Is it? Yes.', true],
        ['真的吗？', true],
        ['It is.', false],
      ] as const) {
        const id = indexIdOf(slot, content);
        expect(Number.isSafeInteger(id)).toBe(true);
        expect([slotOf(id), asks(id)]).toEqual([slot, isAsking]);
      }
    }
  });
});
