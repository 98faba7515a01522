import { Controller, Get, Param, Query, Res, UseInterceptors } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validTolerantQuery } from '../../http/valid.pipe.js';
import { GetEmotionTrend } from '../emotion/queries/get-emotion-trend.query.js';
import { ListEmotions } from '../emotion/queries/list-emotions.query.js';
import {
  OriginalPattern,
  OriginalPatterns,
  OriginalSummary,
  OriginalSummaryQuery,
} from './original-emotions.dto.js';
import { originalPattern, originalSummary } from './original-emotions.js';
import { COMPATIBILITY, daysAgo, ORIGINAL_PREFIX } from './original-names.js';
import { RefuseErased } from './refuse-erased.interceptor.js';

const DAYS = 7;

@ApiTags(COMPATIBILITY)
@ApiExtraModels(OriginalPattern, OriginalSummary)
@Scoped(['chat'])
@Controller(`${ORIGINAL_PREFIX}/emotions`)
export class OriginalEmotionsController {
  constructor(private readonly queries: QueryBus) {}

  /** Summarizes the emotions of the last days; null when there were none. */
  @Get(':userId/summary')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({ schema: { anyOf: [{ $ref: getSchemaPath(OriginalSummary) }, { type: 'null' as never }] } })
  async summary(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validTolerantQuery(OriginalSummaryQuery)) { days = DAYS }: OriginalSummaryQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const now = Date.now();
    const from = daysAgo(days, now);
    const [{ items: emotions }, { items: observed }] = await Promise.all([
      this.queries.execute(new ListEmotions(userId)),
      this.queries.execute(new GetEmotionTrend(userId, { bucket: 'month', from })),
    ]);
    const summary = originalSummary({ emotions, observed, from }, { userId, days, now });
    // The framework would send no body for null.
    void reply.type('application/json; charset=utf-8').send(JSON.stringify(summary ?? null));
  }

  /** Returns what is known of each emotion. */
  @Get(':userId/patterns')
  @UseInterceptors(RefuseErased)
  @ApiOkResponse({ type: OriginalPatterns })
  async patterns(@Param(valid(UserPath)) { userId }: UserPath): Promise<OriginalPatterns> {
    const { items } = await this.queries.execute(new ListEmotions(userId));
    return {
      user_id: userId,
      patterns: Object.fromEntries(items.map((emotion) => [emotion.emotion, originalPattern(emotion)])),
    };
  }
}
