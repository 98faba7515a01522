import type { QuotaUsageAnswer } from '../quota-usage.dto.js';

/** How many memories a user has that have not expired. */
export class MemoryCountsAnswer {
  total: number;
  byType: Record<string, number>;
}

/** Statistics of one user. */
export class StatsAnswer {
  userId: string;
  memories: MemoryCountsAnswer;
  turns: number;
  sessions: number;
  /** Number of observed emotions, with those that another program counted. */
  emotions: number;
  /** Time of the first activity; turns and emotions count as activity. */
  firstActivityAt: string | null;
  lastActivityAt: string | null;
  /** The same as `avgSessionMinutes` of the profile: the mean length of a sitting. */
  averageSessionMinutes: number;
  /** Consecutive active days in the user's own calendar, up to the last active day. */
  streakDays: number;
  /** What counts against the quotas; null without quotas, and for a past position. */
  usage: QuotaUsageAnswer | null;
}
