import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { NoQuery, UserPath } from '../../http/paths.dto.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { GetStats } from './get-stats.query.js';
import { StatsAnswer } from './stats.dto.js';

@ApiTags('stats')
@Controller('v1/users/:userId/stats')
export class StatsController {
  constructor(private readonly queries: QueryBus) {}

  /** Returns the statistics of one user. */
  @Get()
  @ApiOkResponse({ type: StatsAnswer })
  get(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(NoQuery)) _query: NoQuery,
  ): Promise<StatsAnswer> {
    return this.queries.execute(new GetStats(userId));
  }
}
