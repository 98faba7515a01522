import { AcuteChanges } from './acute-changes.js';

function sharesOf(items: Record<string, number[]>): Record<string, number> {
  const changes = new AcuteChanges<string>();
  for (const [item, sizes] of Object.entries(items)) for (const size of sizes) changes.add(item, size);
  return Object.fromEntries(changes.shares());
}

describe('the probability of acute change', () => {
  it('is the share of changes from the 90th percentile of all on', () => {
    // 20 changes, 1 to 20: the 18th is the 90th percentile.
    const [odd, even] = [0, 1].map((rest) => Array.from({ length: 10 }, (_, i) => 2 * i + 1 + rest));
    expect(sharesOf({ odd: odd!, even: even! })).toEqual({ odd: 0.1, even: 0.2 });
    expect(sharesOf({ calm: [1, 1, 1, 1, 1, 1, 1, 1], restless: [5, 9] })).toEqual({ calm: 0, restless: 1 });
  });

  it('counts no change as acute that is none', () => {
    expect(sharesOf({ flat: Array.from({ length: 30 }, () => 0), once: [0, 4] })).toEqual({
      flat: 0,
      once: 0.5,
    });
  });

  it('is of no item without changes', () => {
    expect(sharesOf({})).toEqual({});
  });
});
