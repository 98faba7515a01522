import { expired } from './retention.js';

const at = (createdAt: string) => ({ createdAt, position: 0 });
const KEEP_NOTHING = { newest: 0, daily: 0, weekly: 0 };

/** Two backups on each of thirty days of March 2026; the 1st is a Sunday. */
const MARCH_BACKUPS = Array.from({ length: 60 }, (_, half) =>
  at(new Date(Date.UTC(2026, 2, 1 + (half >> 1), half % 2 ? 18 : 6)).toISOString()),
);

const keptOf = (policy: Parameters<typeof expired>[1], backups = MARCH_BACKUPS) => {
  const removed = new Set(expired(backups, policy));
  return backups.filter((backup) => !removed.has(backup)).map(({ createdAt }) => createdAt.slice(5, 13));
};

describe('retention', () => {
  it('always keeps the newest backup', () => {
    expect(keptOf(KEEP_NOTHING)).toEqual(['03-30T18']);
    expect(expired([], KEEP_NOTHING)).toEqual([]);
  });

  it('keeps the given number of the newest backups', () => {
    expect(keptOf({ ...KEEP_NOTHING, newest: 3 })).toEqual(['03-29T18', '03-30T06', '03-30T18']);
  });

  it('keeps the last backup of the given number of days', () => {
    expect(keptOf({ ...KEEP_NOTHING, daily: 3 })).toEqual(['03-28T18', '03-29T18', '03-30T18']);
  });

  it('keeps the last backup of the given number of weeks, which end on Sunday', () => {
    expect(keptOf({ ...KEEP_NOTHING, weekly: 3 })).toEqual(['03-22T18', '03-29T18', '03-30T18']);
  });

  it('keeps the union of all rules, whatever the order of the backups', () => {
    const policy = { newest: 2, daily: 2, weekly: 2 };
    expect(keptOf(policy)).toEqual(['03-29T18', '03-30T06', '03-30T18']);
    expect(new Set(keptOf(policy, MARCH_BACKUPS.toReversed()))).toEqual(new Set(keptOf(policy)));
  });

  it('keeps the backup with the highest position, and then number, where a clock was set back', () => {
    const before = { ...at('2026-03-05T06:00:00Z'), position: 10 };
    const first = { ...at('2026-03-04T06:00:00Z'), position: 20, sequence: 1 };
    const second = { ...at('2026-03-04T05:00:00Z'), position: 20, sequence: 2 };
    const expiredOf = (newest: number) => expired([second, before, first], { ...KEEP_NOTHING, newest });
    expect(expiredOf(1)).toEqual([before, first]);
    expect(expiredOf(2)).toEqual([before]);
  });

  it('does not count days without a backup', () => {
    const rare = [at('2026-01-01T00:00:00Z'), at('2026-02-01T00:00:00Z'), at('2026-03-01T00:00:00Z')];
    expect(expired(rare, { ...KEEP_NOTHING, daily: 3 })).toEqual([]);
  });
});
