import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { NoQuery } from '../../http/paths.dto.js';
import { validQuery } from '../../http/valid.pipe.js';
import { GetStoreStats } from './get-store-stats.query.js';
import { StoreStatsAnswer } from './store-stats.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/stats')
export class StoreStatsController {
  constructor(private readonly queries: QueryBus) {}

  /** Returns the statistics of the whole store. */
  @Get()
  @ApiOkResponse({ type: StoreStatsAnswer })
  get(@Query(validQuery(NoQuery)) _query: NoQuery): Promise<StoreStatsAnswer> {
    return this.queries.execute(new GetStoreStats());
  }
}
