import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { pagesOf } from '../../database/pages-of.js';
import type { Filter } from '../../database/row-store.js';
import { NotFound } from '../../errors.js';
import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';
import {
  activityDaysTable,
  conversationSummariesTable,
} from '../../projections/conversation-window.projection.js';
import { meanSessionMinutes } from '../../projections/conversation/conversation-figures.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import { emotionPatternsTable, importedEmotionsTable } from '../../projections/emotion-trend.projection.js';
import { expiriesTable } from '../../projections/memory/memory-expiries.js';
import { memorySummariesTable } from '../../projections/memory/memory-summaries.js';
import { UserReads } from '../../projections/reads/reads.js';
import { QuotaUsage } from '../quota-usage.js';
import type { MemoryCountsAnswer, StatsAnswer } from './stats.dto.js';

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
  constructor(
    private readonly reads: UserReads,
    @Inject(QuotaUsage) private readonly quotas: Pick<QuotaUsage, 'ofUser'>,
  ) {}

  async execute({ userId }: GetStats): Promise<StatsAnswer> {
    // Asked for together, so that a state of the past is folded from one reading of the events.
    const [profile, summary, memories, emotions, streakDays] = await Promise.all([
      this.reads.get(profilesTable, userId),
      this.reads.get(conversationSummariesTable, userId),
      this.memories(userId),
      this.emotions(userId),
      this.streak(userId),
    ]);
    if (!profile) throw NotFound.user(userId);
    const conversations = summary ?? NO_CONVERSATIONS;
    return {
      userId,
      memories,
      turns: conversations.turns,
      sessions: conversations.sessions,
      emotions: emotions.count,
      firstActivityAt: instant(Math.min(conversations.firstActivityAt, emotions.firstAt)),
      lastActivityAt: instant(Math.max(conversations.lastActivityAt, emotions.lastAt)),
      averageSessionMinutes: meanSessionMinutes(conversations),
      streakDays,
      // What counts is what there is now, whatever the statistics are of.
      usage: this.reads.asOf === undefined ? await this.quotas.ofUser(userId) : null,
    };
  }

  /** Counts the memories, without those that have expired. */
  private async memories(userId: string): Promise<MemoryCountsAnswer> {
    const summary = await this.reads.get(memorySummariesTable, userId);
    const { recordedAt } = await this.reads.storeHead();
    const expired: Partial<Record<MemoryType, number>> = {};
    const query = {
      filters: [ofUser(userId), ['expiresAt', '<=', recordedAt] as const],
      order: ['expiresAt', 'memoryId'],
    };
    for await (const page of pagesOf(this.reads, expiriesTable, query))
      for (const { type } of page) expired[type] = (expired[type] ?? 0) + 1;
    const byType = Object.fromEntries(
      MEMORY_TYPES.map((type) => [type, (summary?.byType[type] ?? 0) - (expired[type] ?? 0)]),
    );
    return { total: Object.values(byType).reduce((sum, count) => sum + count, 0), byType };
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
