/** How many memories a user has. */
export class MemoryCountsAnswer {
  total: number;
  byType: Record<string, number>;
}

/** A user in numbers. */
export class StatsAnswer {
  userId: string;
  memories: MemoryCountsAnswer;
  turns: number;
  sessions: number;
  /** Observed emotions, in all. */
  emotions: number;
  /** Turns and emotions count as activity. */
  firstActivityAt: string | null;
  lastActivityAt: string | null;
  averageSessionMinutes: number;
  /** Consecutive days of the user's own calendar with activity, up to the last one that had any. */
  streakDays: number;
}
