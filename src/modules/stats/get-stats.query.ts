import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../errors.js';
import { MEMORY_TYPES } from '../../events/memory/memory-formed.event.js';
import {
  activityDaysTable,
  conversationSummariesTable,
  meanSessionMinutes,
} from '../../projections/conversation-window.projection.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import { emotionPatternsTable } from '../../projections/emotion-trend.projection.js';
import { memorySummariesTable } from '../../projections/memory-index.projection.js';
import { Reads } from '../../projections/reads/reads.js';
import type { StatsAnswer } from './stats.dto.js';

const DAYS_PER_PAGE = 500;
const MAX_EMOTIONS = 1_000;
const NO_CONVERSATIONS = {
  sessions: 0,
  resumptions: 0,
  sittings: 0,
  turns: 0,
  sessionMs: 0,
  firstActivityAt: Infinity,
  lastActivityAt: -Infinity,
};

/** Reads the statistics of one user. Throws NotFound for an unknown user. */
export class GetStats extends Query<StatsAnswer> {
  constructor(readonly userId: string) {
    super();
  }
}

@QueryHandler(GetStats)
export class GetStatsHandler implements IQueryHandler<GetStats> {
  constructor(private readonly reads: Reads) {}

  async execute({ userId }: GetStats): Promise<StatsAnswer> {
    if (!(await this.reads.get(profilesTable, userId))) throw NotFound.user(userId);
    const [summary, memories, patterns, streakDays] = await Promise.all([
      this.reads.get(conversationSummariesTable, userId),
      this.reads.get(memorySummariesTable, userId),
      this.reads.list(emotionPatternsTable, {
        filters: [['userId', '=', userId]],
        order: ['emotion'],
        limit: MAX_EMOTIONS,
      }),
      this.streak(userId),
    ]);
    const conversations = summary ?? NO_CONVERSATIONS;
    return {
      userId,
      memories: {
        total: memories?.total ?? 0,
        byType: Object.fromEntries(MEMORY_TYPES.map((type) => [type, memories?.byType[type] ?? 0])),
      },
      turns: conversations.turns,
      sessions: conversations.sessions,
      emotions: patterns.reduce((sum, { frequency }) => sum + frequency, 0),
      firstActivityAt: instant(
        Math.min(conversations.firstActivityAt, ...patterns.map(({ firstAt }) => firstAt)),
      ),
      lastActivityAt: instant(
        Math.max(conversations.lastActivityAt, ...patterns.map(({ lastAt }) => lastAt)),
      ),
      averageSessionMinutes: meanSessionMinutes(conversations),
      streakDays,
    };
  }

  /** Counts the consecutive active days back from the last one. */
  private async streak(userId: string): Promise<number> {
    let length = 0;
    let previous: number | undefined;
    for (;;) {
      const days = await this.reads.list(activityDaysTable, {
        filters: [['userId', '=', userId]],
        order: ['day'],
        descending: true,
        ...(previous === undefined ? {} : { after: [previous] }),
        limit: DAYS_PER_PAGE,
      });
      for (const { day } of days) {
        if (previous !== undefined && day !== previous - 1) return length;
        previous = day;
        length += 1;
      }
      if (days.length < DAYS_PER_PAGE) return length;
    }
  }
}

/** Converts ms UTC to ISO 8601; returns null for the infinite values that mean no activity. */
function instant(at: number): string | null {
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
}
