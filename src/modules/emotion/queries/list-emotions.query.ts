import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  emotionBucketsTable,
  emotionPatternsTable,
  emotionTriggersTable,
  variance,
  type EmotionBucketRow,
  type EmotionPatternRow,
  type EmotionTriggerRow,
} from '../../../projections/emotion-trend.projection.js';
import { Reads } from '../../../projections/reads.js';
import { dailyTrend, TREND_DAYS } from '../daily-trend.js';
import type { EmotionAnswer, EmotionsAnswer } from '../emotion.dto.js';

/** The page sizes of the scans: more emotions or triggers than anyone has. */
const MOST_EMOTIONS = 1_000;
const MOST_TRIGGERS = 20_000;
const SHOWN_TRIGGERS = 50;

/** What does this user feel? */
export class ListEmotions extends Query<EmotionsAnswer> {
  constructor(readonly userId: string) {
    super();
  }
}

@QueryHandler(ListEmotions)
export class ListEmotionsHandler implements IQueryHandler<ListEmotions> {
  constructor(private readonly reads: Reads) {}

  async execute({ userId }: ListEmotions): Promise<EmotionsAnswer> {
    const [patterns, triggers, days] = await Promise.all([
      this.reads.list(emotionPatternsTable, {
        filters: [['userId', '=', userId]],
        order: ['emotion'],
        limit: MOST_EMOTIONS,
      }),
      this.reads.list(emotionTriggersTable, {
        filters: [['userId', '=', userId]],
        order: ['emotion', 'trigger'],
        limit: MOST_TRIGGERS,
      }),
      this.lastDays(userId),
    ]);
    const triggersOf = Map.groupBy(triggers, ({ emotion }) => emotion);
    return {
      items: patterns
        .toSorted((a, b) => b.frequency - a.frequency || (a.emotion < b.emotion ? -1 : 1))
        .map((pattern) => emotionAnswer(pattern, triggersOf.get(pattern.emotion) ?? [], days)),
    };
  }

  /** The day buckets of the user's last days with any emotion: so many that they reach over the trend's window. */
  private async lastDays(userId: string): Promise<EmotionBucketRow[]> {
    const filters = [['userId', '=', userId] as const, ['grain', '=', 'day'] as const];
    const [newest] = await this.reads.list(emotionBucketsTable, {
      filters,
      order: ['start'],
      descending: true,
      limit: 1,
    });
    if (!newest) return [];
    return this.reads.list(emotionBucketsTable, {
      filters: [...filters, ['start', '>', newest.start - TREND_DAYS]],
      order: ['start', 'emotion'],
      limit: TREND_DAYS * MOST_EMOTIONS,
    });
  }
}

function emotionAnswer(
  pattern: EmotionPatternRow,
  triggers: readonly EmotionTriggerRow[],
  days: readonly EmotionBucketRow[],
): EmotionAnswer {
  return {
    emotion: pattern.emotion,
    frequency: pattern.frequency,
    meanIntensity: pattern.meanIntensity,
    variance: variance(pattern),
    triggers: triggers
      .toSorted((a, b) => b.count - a.count || (a.trigger < b.trigger ? -1 : 1))
      .slice(0, SHOWN_TRIGGERS)
      .map(({ trigger, count }) => ({ trigger, count })),
    hours: pattern.hours,
    firstAt: new Date(pattern.firstAt).toISOString(),
    lastAt: new Date(pattern.lastAt).toISOString(),
    trend: dailyTrend(dailyCounts(pattern.emotion, days)),
  };
}

/** Counts of one emotion for every day of the window, days without it as 0; the window starts with what is known. */
function dailyCounts(emotion: string, days: readonly EmotionBucketRow[]): number[] {
  const [first] = days;
  const last = days.at(-1);
  if (!first || !last) return [];
  const counts = Array.from({ length: last.start - first.start + 1 }, () => 0);
  for (const day of days) if (day.emotion === emotion) counts[day.start - first.start] = day.count;
  return counts;
}
