import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { UserReadQuery } from '../user-read.dto.js';
import { UserRead } from '../user-read.js';
import { GetStats } from './get-stats.query.js';
import { StatsAnswer } from './stats.dto.js';

@ApiTags('stats')
@Scoped(['chat'])
@Controller('v1/users/:userId/stats')
export class StatsController {
  constructor(private readonly queries: QueryBus) {}

  /** Returns the statistics of one user. */
  @Get()
  @UserRead(StatsAnswer)
  get(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
  ): Promise<StatsAnswer> {
    return this.queries.execute(new GetStats(userId));
  }
}
