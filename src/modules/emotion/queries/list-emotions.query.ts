import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Filter } from '../../../database/row-store.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import {
  emotionDaysTable,
  emotionPatternsTable,
  emotionTriggersTable,
  variance,
  type EmotionDayRow,
  type EmotionPatternRow,
  type EmotionTriggerRow,
} from '../../../projections/emotion-trend.projection.js';
import { Reads } from '../../../projections/reads/reads.js';
import { dailyCounts } from '../daily-counts.js';
import { dailyTrend, TREND_DAYS } from '../daily-trend.js';
import type { EmotionAnswer, EmotionsAnswer } from '../emotion.dto.js';

/** Upper bounds on the rows that one query reads: more emotions and triggers than any user has. */
const MAX_EMOTIONS = 1_000;
const MAX_TRIGGERS = 20_000;
const MAX_SHOWN_TRIGGERS = 50;

/** Reads a user's emotions with their triggers and trends. */
export class ListEmotions extends Query<EmotionsAnswer> {
  constructor(readonly userId: string) {
    super();
  }
}

@QueryHandler(ListEmotions)
export class ListEmotionsHandler implements IQueryHandler<ListEmotions> {
  constructor(private readonly reads: Reads) {}

  async execute({ userId }: ListEmotions): Promise<EmotionsAnswer> {
    const [patterns, triggers, days, profile] = await Promise.all([
      this.reads.list(emotionPatternsTable, {
        filters: [['userId', '=', userId]],
        order: ['emotion'],
        limit: MAX_EMOTIONS,
      }),
      this.reads.list(emotionTriggersTable, {
        filters: [['userId', '=', userId]],
        order: ['emotion', 'trigger'],
        limit: MAX_TRIGGERS,
      }),
      this.lastDays(userId),
      this.reads.get(profilesTable, userId),
    ]);
    const countsOf = dailyCounts(days, profile?.utcOffset ?? 0);
    const triggersOf = Map.groupBy(triggers, ({ emotion }) => emotion);
    return {
      items: patterns
        .toSorted((a, b) => b.frequency - a.frequency || (a.emotion < b.emotion ? -1 : 1))
        .map((pattern) =>
          emotionAnswer(pattern, triggersOf.get(pattern.emotion) ?? [], countsOf(pattern.emotion)),
        ),
    };
  }

  /** Reads the user's last days with any emotion: enough to cover the trend's window at any offset. */
  private async lastDays(userId: string): Promise<EmotionDayRow[]> {
    const userFilter: Filter = ['userId', '=', userId];
    const order = ['day', 'emotion'];
    const [newest] = await this.reads.list(emotionDaysTable, {
      filters: [userFilter],
      order,
      descending: true,
      limit: 1,
    });
    if (!newest) return [];
    return this.reads.list(emotionDaysTable, {
      filters: [userFilter, ['day', '>', newest.day - TREND_DAYS - 2]],
      order,
      limit: TREND_DAYS * MAX_EMOTIONS,
    });
  }
}

function emotionAnswer(
  pattern: EmotionPatternRow,
  triggers: readonly EmotionTriggerRow[],
  counts: readonly number[],
): EmotionAnswer {
  return {
    emotion: pattern.emotion,
    frequency: pattern.frequency,
    meanIntensity: pattern.meanIntensity,
    variance: variance(pattern),
    triggers: triggers
      .toSorted((a, b) => b.count - a.count || (a.trigger < b.trigger ? -1 : 1))
      .slice(0, MAX_SHOWN_TRIGGERS)
      .map(({ trigger, count }) => ({ trigger, count })),
    hours: pattern.hours,
    firstAt: new Date(pattern.firstAt).toISOString(),
    lastAt: new Date(pattern.lastAt).toISOString(),
    trend: dailyTrend(counts),
  };
}
