import { DAY_MS } from '../../durations.js';
import { newestFirst } from './backup-order.js';
import type { Manifest } from './manifest.js';

/** How many full backups are kept: the union of the three rules. */
export interface RetentionPolicy {
  /** The newest backups, this many. */
  newest: number;
  /** The last backup of each of this many days that have any, UTC. */
  daily: number;
  /** The last backup of each of this many weeks that have any, Monday to Sunday, UTC. */
  weekly: number;
}

/** 1 January 1970 was a Thursday, three days after Monday. */
const DAYS_SINCE_MONDAY = 3;

type Expiring = Pick<Manifest, 'createdAt' | 'sequence' | 'position'>;

/**
 * Returns the backups of one log that may be removed; never the newest. The newest has the highest position,
 * and then the highest number: times tell only which day and week a backup counts for.
 */
export function expired<T extends Expiring>(backups: readonly T[], keep: RetentionPolicy): T[] {
  const newest = backups.toSorted((a, b) => b.position - a.position || newestFirst(a, b));
  const kept = new Set([
    ...newest.slice(0, Math.max(1, keep.newest)),
    ...lastOfEach(newest, dayOf, keep.daily),
    ...lastOfEach(newest, (backup) => Math.floor((dayOf(backup) + DAYS_SINCE_MONDAY) / 7), keep.weekly),
  ]);
  return backups.filter((backup) => !kept.has(backup));
}

function dayOf({ createdAt }: { createdAt: string }): number {
  return Math.floor(Date.parse(createdAt) / DAY_MS);
}

function lastOfEach<T>(newest: readonly T[], periodOf: (backup: T) => number, maxPeriods: number): T[] {
  const last = new Map<number, T>();
  for (const backup of newest) {
    const period = periodOf(backup);
    if (!last.has(period)) last.set(period, backup);
  }
  return [...last.values()].slice(0, maxPeriods);
}
