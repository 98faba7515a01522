import { expired } from './retention.js';

const at = (createdAt: string) => ({ createdAt });
const NOTHING = { newest: 0, daily: 0, weekly: 0 };

/** Two backups on each of thirty days of March 2026; the 1st is a Sunday. */
const MONTH = Array.from({ length: 60 }, (_, half) =>
  at(new Date(Date.UTC(2026, 2, 1 + (half >> 1), half % 2 ? 18 : 6)).toISOString()),
);

const kept = (keep: Parameters<typeof expired>[1], backups = MONTH) => {
  const gone = new Set(expired(backups, keep));
  return backups.filter((backup) => !gone.has(backup)).map(({ createdAt }) => createdAt.slice(5, 13));
};

describe('which backups are kept', () => {
  it('the newest, whatever is asked for', () => {
    expect(kept(NOTHING)).toEqual(['03-30T18']);
    expect(expired([], NOTHING)).toEqual([]);
  });

  it('so many of the newest', () => {
    expect(kept({ ...NOTHING, newest: 3 })).toEqual(['03-29T18', '03-30T06', '03-30T18']);
  });

  it('the last of so many days', () => {
    expect(kept({ ...NOTHING, daily: 3 })).toEqual(['03-28T18', '03-29T18', '03-30T18']);
  });

  it('the last of so many weeks, which end on Sunday', () => {
    expect(kept({ ...NOTHING, weekly: 3 })).toEqual(['03-22T18', '03-29T18', '03-30T18']);
  });

  it('the union of all, each once, in whatever order they come', () => {
    const keep = { newest: 2, daily: 2, weekly: 2 };
    expect(kept(keep)).toEqual(['03-29T18', '03-30T06', '03-30T18']);
    expect(new Set(kept(keep, MONTH.toReversed()))).toEqual(new Set(kept(keep)));
  });

  it('days without any do not count', () => {
    const rare = [at('2026-01-01T00:00:00Z'), at('2026-02-01T00:00:00Z'), at('2026-03-01T00:00:00Z')];
    expect(expired(rare, { ...NOTHING, daily: 3 })).toEqual([]);
  });
});
