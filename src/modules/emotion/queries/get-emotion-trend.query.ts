import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Filter } from '../../../database/row-store.js';
import { InvalidInput } from '../../../errors.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import { emotionBucketsTable } from '../../../projections/emotion-trend.projection.js';
import { quarterStart } from '../../../projections/local-time.js';
import { Reads } from '../../../projections/reads.js';
import { calendarBuckets } from '../calendar-buckets.js';
import type { EmotionTrendAnswer, EmotionTrendQuery } from '../emotion.dto.js';

/** Quarters of an hour that one answer may be made of: more than a year of a user who never sleeps. */
const MOST_QUARTERS = 100_000;

/** How did this user's emotions develop? */
export class GetEmotionTrend extends Query<EmotionTrendAnswer> {
  constructor(
    readonly userId: string,
    readonly asked: EmotionTrendQuery,
  ) {
    super();
  }
}

@QueryHandler(GetEmotionTrend)
export class GetEmotionTrendHandler implements IQueryHandler<GetEmotionTrend> {
  constructor(private readonly reads: Reads) {}

  async execute({ userId, asked }: GetEmotionTrend): Promise<EmotionTrendAnswer> {
    const { bucket = 'day', from, to } = asked;
    const filters: Filter[] = [
      ['userId', '=', userId],
      ['grain', '=', 'quarter'],
    ];
    if (from !== undefined) filters.push(['start', '>=', quarterStart(Date.parse(from))]);
    if (to !== undefined) filters.push(['start', '<', quarterStart(Date.parse(to))]);
    const limit = MOST_QUARTERS + 1;
    const quarters = await this.reads.list(emotionBucketsTable, {
      filters,
      order: ['start', 'emotion'],
      limit,
    });
    if (quarters.length > MOST_QUARTERS)
      throw InvalidInput.field('from', 'must leave a shorter time up to `to`');
    const utcOffset = asked.utcOffset ?? (await this.reads.get(profilesTable, userId))?.utcOffset ?? 0;
    return { items: calendarBuckets(quarters, bucket, utcOffset) };
  }
}
