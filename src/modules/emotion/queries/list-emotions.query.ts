import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { pagesOf } from '../../../database/pages-of.js';
import type { Filter } from '../../../database/row-store.js';
import { DAY_MS } from '../../../durations.js';
import {
  emotionObservationsTable,
  emotionPatternsTable,
  emotionTriggersTable,
  importedEmotionsTable,
  type ImportedEmotionRow,
} from '../../../projections/emotion-trend.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { emotionTrends, TREND_DAYS } from '../daily-trend.js';
import { DailyValues } from '../daily-values.js';
import {
  MAX_EMOTIONS,
  MAX_SHOWN_TRIGGERS,
  type EmotionAnswer,
  type EmotionsAnswer,
  type EmotionsQuery,
  type TriggerAnswer,
} from '../emotion.dto.js';
import { Foremost } from '../foremost.js';
import { emotionSums, knownEmotion, type KnownEmotion } from '../known-emotion.js';

/** The window of the trend in UTC: two local times of one day are at most two days apart, one at each end. */
const TREND_MS = (TREND_DAYS + 4) * DAY_MS;

/** Reads a user's emotions with their triggers and trends. */
export class ListEmotions extends Query<EmotionsAnswer> {
  constructor(
    readonly userId: string,
    readonly query: EmotionsQuery = {},
  ) {
    super();
  }
}

@QueryHandler(ListEmotions)
export class ListEmotionsHandler implements IQueryHandler<ListEmotions> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, query }: ListEmotions): Promise<EmotionsAnswer> {
    const [patterns, triggers, days] = await Promise.all([
      this.patterns(userId, query.limit ?? MAX_EMOTIONS),
      this.triggers(userId),
      this.dailyValues(userId),
    ]);
    return {
      items: patterns.items().map((known) => emotionAnswer(known, triggers.get(known.emotion), days)),
      total: patterns.total,
    };
  }

  private async patterns(userId: string, limit: number): Promise<Foremost<KnownEmotion>> {
    const patterns = new Foremost<KnownEmotion>(
      limit,
      (a, b) => b.frequency - a.frequency || (a.emotion < b.emotion ? -1 : 1),
    );
    const query = { filters: [ofUser(userId)], order: ['emotion'] };
    // Few users have any, and they have only the emotions of another program.
    const imported = new Map<string, ImportedEmotionRow>();
    for await (const page of pagesOf(this.reads, importedEmotionsTable, query))
      for (const row of page) imported.set(row.emotion, row);
    for await (const page of pagesOf(this.reads, emotionPatternsTable, query)) {
      patterns.add(page.map((row) => knownEmotion(row, imported.get(row.emotion))));
      for (const { emotion } of page) imported.delete(emotion);
    }
    patterns.add([...imported.values()].map((row) => knownEmotion(undefined, row)));
    return patterns;
  }

  /** Reads all triggers of the user, and keeps the most frequent ones of each emotion. */
  private async triggers(userId: string): Promise<Map<string, Foremost<TriggerAnswer>>> {
    const triggers = new Map<string, Foremost<TriggerAnswer>>();
    const query = { filters: [ofUser(userId)], order: ['emotion', 'trigger'] };
    for await (const page of pagesOf(this.reads, emotionTriggersTable, query)) {
      for (const [emotion, rows] of Map.groupBy(page, (row) => row.emotion)) {
        const known = triggers.get(emotion) ?? new Foremost<TriggerAnswer>(MAX_SHOWN_TRIGGERS, byCount);
        known.add(rows.map(({ trigger, count }) => ({ trigger, count })));
        triggers.set(emotion, known);
      }
    }
    return triggers;
  }

  /** Sums the observations of the last days with any emotion. */
  private async dailyValues(userId: string): Promise<DailyValues> {
    const days = new DailyValues();
    const order = ['occurredAt', 'position'];
    const newestFirst = { filters: [ofUser(userId)], order, descending: true, limit: 1 };
    const [[newest], first] = await Promise.all([
      this.reads.list(emotionObservationsTable, newestFirst),
      this.reads.list(emotionObservationsTable, { ...newestFirst, descending: false }),
    ]);
    if (!newest) return days;
    const since: Filter = ['occurredAt', '>', newest.occurredAt - TREND_MS];
    const query = { filters: [ofUser(userId), since], order };
    // Days without any emotion count from the user's first observation on, also when it is older.
    days.add(first.filter(({ occurredAt }) => occurredAt <= newest.occurredAt - TREND_MS));
    for await (const page of pagesOf(this.reads, emotionObservationsTable, query)) days.add(page);
    return days;
  }
}

function ofUser(userId: string): Filter {
  return ['userId', '=', userId];
}

function byCount(a: TriggerAnswer, b: TriggerAnswer): number {
  return b.count - a.count || (a.trigger < b.trigger ? -1 : 1);
}

function emotionAnswer(
  known: KnownEmotion,
  triggers: Foremost<TriggerAnswer> | undefined,
  days: DailyValues,
): EmotionAnswer {
  return {
    ...emotionSums(known),
    triggers: triggers?.items() ?? [],
    triggerCount: triggers?.total ?? 0,
    ...emotionTrends(days.counts(known.emotion), days.intensities(known.emotion)),
  };
}
