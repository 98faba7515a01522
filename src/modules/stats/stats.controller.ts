import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { UserPath } from '../../http/paths.js';
import { valid } from '../../http/valid.pipe.js';
import { GetStats } from './get-stats.query.js';
import { StatsAnswer } from './stats.dto.js';

@ApiTags('stats')
@Controller('v1/users/:userId/stats')
export class StatsController {
  constructor(private readonly queries: QueryBus) {}

  /** A user in numbers. */
  @Get()
  @ApiOkResponse({ type: StatsAnswer })
  get(@Param(valid(UserPath)) { userId }: UserPath): Promise<StatsAnswer> {
    return this.queries.execute(new GetStats(userId));
  }
}
