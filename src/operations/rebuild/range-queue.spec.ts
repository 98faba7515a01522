import type { FoldRangeParts } from './fold-range.js';
import { allTaken, foldTaken, inOrder, shareRanges, type TakenRange } from './range-queue.js';

const RANGES = [
  { after: '', upTo: 'ada' },
  { after: 'ada', upTo: 'bob' },
  { after: 'bob', upTo: undefined },
];

const takenRange = (index: number): TakenRange => ({
  index,
  folded: { events: index, failed: [], moments: [], differences: [] },
});

describe('ranges that several threads take', () => {
  it('are all there at first, in memory that threads share', () => {
    const shared = shareRanges(RANGES, ['memory-index']);
    expect(shared).toMatchObject({ ranges: RANGES, compared: ['memory-index'] });
    expect(shared.taken.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(allTaken(shared)).toBe(false);
  });

  it('are all taken when the last one is', () => {
    const shared = shareRanges(RANGES, []);
    for (const left of [true, true, false]) {
      Atomics.add(shared.taken, 0, 1);
      expect(allTaken(shared)).toBe(!left);
    }
  });

  it('are none for a thread that comes after all are taken, which waits once for leave to begin', async () => {
    const shared = shareRanges(RANGES, []);
    Atomics.store(shared.taken, 0, RANGES.length);
    let asked = 0;
    const nobody = {} as FoldRangeParts;
    const done = await foldTaken(
      nobody,
      shared,
      () => undefined,
      async () => {
        asked += 1;
      },
    );
    expect([done, asked]).toEqual([[], 1]);
    expect(allTaken(shared)).toBe(true);
  });

  it('are put in the order of the users, in whatever order they were done', () => {
    const done = [takenRange(2), takenRange(0), takenRange(10), takenRange(1)];
    expect(inOrder(done).map(({ events }) => events)).toEqual([0, 1, 2, 10]);
  });
});
