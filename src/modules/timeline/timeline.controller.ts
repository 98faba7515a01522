import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { UserReadQuery } from '../user-read.dto.js';
import { UserRead } from '../user-read.js';
import { GetTimeline } from './get-timeline.query.js';
import { TimelineAnswer } from './timeline.dto.js';

@ApiTags('events')
@Scoped(['chat', 'analyst'])
@Controller('v1/users/:userId/timeline')
export class TimelineController {
  constructor(private readonly queries: QueryBus) {}

  /** Returns the positions at which a user changed, each of which can be asked for with `asOf`. */
  @Get()
  @UserRead(TimelineAnswer)
  get(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
  ): Promise<TimelineAnswer> {
    return this.queries.execute(new GetTimeline(userId));
  }
}
