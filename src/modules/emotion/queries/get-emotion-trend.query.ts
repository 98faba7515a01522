import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { pagesOf } from '../../../database/pages-of.js';
import { InvalidInput } from '../../../errors.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import { emotionObservationsTable } from '../../../projections/emotion-trend.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { rangeFilters } from '../../time-range.js';
import { fixedClock, zoneClock, type Clock } from '../../zone-clock.js';
import { CalendarBuckets } from '../calendar-buckets.js';
import {
  MAX_TREND_BUCKETS,
  MAX_TREND_OBSERVATIONS,
  type EmotionTrendAnswer,
  type EmotionTrendQuery,
} from '../emotion.dto.js';

/** Reads a user's emotions in calendar buckets. Throws InvalidInput for a range with too many of them. */
export class GetEmotionTrend extends Query<EmotionTrendAnswer> {
  constructor(
    readonly userId: string,
    readonly query: EmotionTrendQuery,
  ) {
    super();
  }
}

@QueryHandler(GetEmotionTrend)
export class GetEmotionTrendHandler implements IQueryHandler<GetEmotionTrend> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, query }: GetEmotionTrend): Promise<EmotionTrendAnswer> {
    const buckets = new CalendarBuckets({
      bucket: query.bucket ?? 'day',
      weekStart: query.weekStart ?? 'monday',
      clock: requestedClock(query),
      userClock: await this.userClock(userId),
    });
    let observations = 0;
    const rows = {
      filters: [['userId', '=', userId] as const, ...rangeFilters('occurredAt', query)],
      order: ['occurredAt', 'position'],
    };
    for await (const page of pagesOf(this.reads, emotionObservationsTable, rows)) {
      buckets.add(page);
      observations += page.length;
      if (observations > MAX_TREND_OBSERVATIONS || buckets.size > MAX_TREND_BUCKETS) throw tooMany();
    }
    return { items: buckets.items() };
  }

  private async userClock(userId: string): Promise<Clock> {
    const profile = await this.reads.get(profilesTable, userId);
    const zone = profile?.timeZone ? zoneClock(profile.timeZone) : undefined;
    return zone ?? fixedClock(profile?.utcOffset ?? 0);
  }
}

function requestedClock({ timeZone, utcOffset }: EmotionTrendQuery): Clock | undefined {
  if (timeZone !== undefined && utcOffset !== undefined)
    throw InvalidInput.field('utcOffset', 'must be left out when timeZone is given');
  if (timeZone !== undefined) return zoneClock(timeZone);
  return utcOffset === undefined ? undefined : fixedClock(utcOffset);
}

function tooMany(): InvalidInput {
  return InvalidInput.field(
    'from',
    `must start a shorter range, or the bucket must be wider: one answer has at most ${MAX_TREND_BUCKETS} ` +
      `buckets of ${MAX_TREND_OBSERVATIONS} observations`,
  );
}
