import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Filter } from '../../../database/row-store.js';
import { InvalidInput } from '../../../errors.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import { emotionDaysTable } from '../../../projections/emotion-trend.projection.js';
import { localDay, quarterOfDay, quarterStart } from '../../../projections/local-time.js';
import { Reads } from '../../../projections/reads/reads.js';
import { instantMs } from '../../../validation/instants.js';
import { calendarBuckets } from '../calendar-buckets.js';
import type { EmotionTrendAnswer, EmotionTrendQuery } from '../emotion.dto.js';

/** Maximum number of rows behind one answer: about ten years of ten emotions a day. */
const MAX_DAY_ROWS = 40_000;

/** Reads a user's emotions in calendar buckets. Throws InvalidInput for a range with too many rows. */
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
  constructor(private readonly reads: Reads) {}

  async execute({ userId, query }: GetEmotionTrend): Promise<EmotionTrendAnswer> {
    const from = wholeQuarter(query.from);
    const to = wholeQuarter(query.to);
    const filters: Filter[] = [['userId', '=', userId]];
    if (from !== undefined) filters.push(['day', '>=', localDay(from, 0)]);
    if (to !== undefined) filters.push(['day', '<', localDay(to, 0) + 1]);
    const limit = MAX_DAY_ROWS + 1;
    const days = await this.reads.list(emotionDaysTable, { filters, order: ['day', 'emotion'], limit });
    if (days.length > MAX_DAY_ROWS)
      throw InvalidInput.field(
        'from',
        'must start a shorter range: this one has too many rows for one answer',
      );
    const utcOffset = query.utcOffset ?? (await this.reads.get(profilesTable, userId))?.utcOffset ?? 0;
    const bucket = query.bucket ?? 'day';
    return { items: calendarBuckets(days, { bucket, utcOffset, from, to }) };
  }
}

function wholeQuarter(instant: string | undefined): number | undefined {
  if (instant === undefined) return undefined;
  const at = instantMs(instant);
  return quarterStart(localDay(at, 0), quarterOfDay(at));
}
