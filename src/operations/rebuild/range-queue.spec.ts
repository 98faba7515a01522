import type { FoldRangeParts } from './fold-range.js';
import { isDrained, foldFromQueue, inUserOrder, queueRanges, type QueuedFold } from './range-queue.js';

const RANGES = [
  { after: '', upTo: 'ada' },
  { after: 'ada', upTo: 'bob' },
  { after: 'bob', upTo: undefined },
];

const queuedFold = (index: number): QueuedFold => ({
  index,
  folded: { events: index, failed: [], snapshots: [], differences: [] },
});

describe('the queue of user ranges', () => {
  it('is full at first, and is counted in shared memory', () => {
    const queue = queueRanges(RANGES, ['memory-index']);
    expect(queue).toMatchObject({ ranges: RANGES, compared: ['memory-index'] });
    expect(queue.taken.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(isDrained(queue)).toBe(false);
  });

  it('is drained when the last range is taken', () => {
    const queue = queueRanges(RANGES, []);
    for (const left of [true, true, false]) {
      Atomics.add(queue.taken, 0, 1);
      expect(isDrained(queue)).toBe(!left);
    }
  });

  it('gives nothing to a thread that asks after it is drained', async () => {
    const queue = queueRanges(RANGES, []);
    Atomics.store(queue.taken, 0, RANGES.length);
    let waits = 0;
    const nobody = {} as FoldRangeParts;
    const done = await foldFromQueue(
      nobody,
      queue,
      () => undefined,
      async () => {
        waits += 1;
      },
    );
    expect([done, waits]).toEqual([[], 1]);
    expect(isDrained(queue)).toBe(true);
  });

  it('orders the folded ranges by user, whatever order they were folded in', () => {
    const done = [queuedFold(2), queuedFold(0), queuedFold(10), queuedFold(1)];
    expect(inUserOrder(done).map(({ events }) => events)).toEqual([0, 1, 2, 10]);
  });
});
