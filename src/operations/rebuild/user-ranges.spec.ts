import { userRanges } from './user-ranges.js';

/** A reader of a log with one event for each entry; entries are user ids, in order. */
function readerOf(users: readonly string[]) {
  return {
    head: async () => ({ position: users.length, hash: '', recordedAt: 0 }),
    userAtOffset: async (after: string, events: number) => users.filter((user) => user > after)[events],
  };
}

const events = (counts: Record<string, number>) =>
  Object.entries(counts).flatMap(([user, count]) => Array.from({ length: count }, () => user));

describe('userRanges', () => {
  it.each([
    ['no events', {}, 4],
    ['one user', { ada: 9 }, 4],
    ['as many users as ranges', { ada: 2, bob: 2, cem: 2 }, 3],
    ['one user with nearly everything', { ada: 1, bob: 40, cem: 1, dan: 1, eve: 1 }, 4],
    ['many users', Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`user-${i + 10}`, 3])), 5],
  ])('divides all users into adjacent ranges: %s', async (_what, counts, maxRanges) => {
    const ranges = await userRanges(readerOf(events(counts)), maxRanges);
    expect(ranges.length).toBeLessThanOrEqual(maxRanges);
    expect(ranges[0]?.after).toBe('');
    expect(ranges.at(-1)?.upTo).toBeUndefined();
    expect(ranges.slice(1).map(({ after }) => after)).toEqual(ranges.slice(0, -1).map(({ upTo }) => upTo));
    expect(ranges.every(({ after, upTo }) => upTo === undefined || upTo > after)).toBe(true);
  });

  it('gives each range about the same number of events', async () => {
    const users = events(Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`user-${i + 10}`, 5])));
    const ranges = await userRanges(readerOf(users), 4);
    const sizes = ranges.map(
      ({ after, upTo }) =>
        users.filter((user) => user > after && (upTo === undefined || user <= upTo)).length,
    );
    expect(sizes).toHaveLength(4);
    for (const size of sizes) expect(Math.abs(size - users.length / 4)).toBeLessThanOrEqual(3 * 5);
  });
});
