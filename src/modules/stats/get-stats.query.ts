import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { pagesOf } from '../../database/pages-of.js';
import type { Filter } from '../../database/row-store.js';
import { NotFound } from '../../errors.js';
import { MEMORY_TYPES } from '../../events/memory/memory-formed.event.js';
import {
  activityDaysTable,
  conversationSummariesTable,
  meanSessionMinutes,
} from '../../projections/conversation-window.projection.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import { emotionPatternsTable, importedEmotionsTable } from '../../projections/emotion-trend.projection.js';
import { memorySummariesTable } from '../../projections/memory-index.projection.js';
import { UserReads } from '../../projections/reads/reads.js';
import type { StatsAnswer } from './stats.dto.js';

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
  constructor(private readonly reads: UserReads) {}

  async execute({ userId }: GetStats): Promise<StatsAnswer> {
    if (!(await this.reads.get(profilesTable, userId))) throw NotFound.user(userId);
    const [summary, memories, emotions, streakDays] = await Promise.all([
      this.reads.get(conversationSummariesTable, userId),
      this.reads.get(memorySummariesTable, userId),
      this.emotions(userId),
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
      emotions: emotions.count,
      firstActivityAt: instant(Math.min(conversations.firstActivityAt, emotions.firstAt)),
      lastActivityAt: instant(Math.max(conversations.lastActivityAt, emotions.lastAt)),
      averageSessionMinutes: meanSessionMinutes(conversations),
      streakDays,
    };
  }

  /** Sums over all emotions of the user. */
  private async emotions(userId: string): Promise<{ count: number; firstAt: number; lastAt: number }> {
    const sum = { count: 0, firstAt: Infinity, lastAt: -Infinity };
    const query = { filters: [ofUser(userId)], order: ['emotion'] };
    for await (const page of pagesOf(this.reads, emotionPatternsTable, query)) {
      for (const { frequency, firstAt, lastAt } of page) {
        sum.count += frequency;
        sum.firstAt = Math.min(sum.firstAt, firstAt);
        sum.lastAt = Math.max(sum.lastAt, lastAt);
      }
    }
    for await (const page of pagesOf(this.reads, importedEmotionsTable, query)) {
      for (const { frequency, lastAt } of page) {
        sum.count += frequency;
        sum.firstAt = Math.min(sum.firstAt, lastAt);
        sum.lastAt = Math.max(sum.lastAt, lastAt);
      }
    }
    return sum;
  }

  /** Counts the consecutive active days back from the last one. */
  private async streak(userId: string): Promise<number> {
    let length = 0;
    let previous: number | undefined;
    const query = { filters: [ofUser(userId)], order: ['day'], descending: true };
    for await (const page of pagesOf(this.reads, activityDaysTable, query)) {
      for (const { day } of page) {
        if (previous !== undefined && day !== previous - 1) return length;
        previous = day;
        length += 1;
      }
    }
    return length;
  }
}

function ofUser(userId: string): Filter {
  return ['userId', '=', userId];
}

/** Converts ms UTC to ISO 8601; returns null for the infinite values that mean no activity. */
function instant(at: number): string | null {
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
}
