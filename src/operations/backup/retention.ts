/** How many full backups are kept: the union of the three rules. */
export interface RetentionPolicy {
  /** The newest backups, this many. */
  newest: number;
  /** The last backup of each of this many days that have any, UTC. */
  daily: number;
  /** The last backup of each of this many weeks that have any, Monday to Sunday, UTC. */
  weekly: number;
}

const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday, three days after Monday. */
const DAYS_SINCE_MONDAY = 3;

/** Returns the backups that may be removed; never the newest. */
export function expired<T extends { createdAt: string }>(backups: readonly T[], keep: RetentionPolicy): T[] {
  const newestFirst = backups.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const kept = new Set([
    ...newestFirst.slice(0, Math.max(1, keep.newest)),
    ...lastOfEach(newestFirst, dayOf, keep.daily),
    ...lastOfEach(newestFirst, (backup) => Math.floor((dayOf(backup) + DAYS_SINCE_MONDAY) / 7), keep.weekly),
  ]);
  return backups.filter((backup) => !kept.has(backup));
}

function dayOf({ createdAt }: { createdAt: string }): number {
  return Math.floor(Date.parse(createdAt) / DAY_MS);
}

function lastOfEach<T>(newestFirst: readonly T[], periodOf: (backup: T) => number, maxPeriods: number): T[] {
  const last = new Map<number, T>();
  for (const backup of newestFirst) {
    const period = periodOf(backup);
    if (!last.has(period)) last.set(period, backup);
  }
  return [...last.values()].slice(0, maxPeriods);
}
