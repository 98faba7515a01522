import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { NoQuery } from '../../http/paths.dto.js';
import { validQuery } from '../../http/valid.pipe.js';
import { ListProjections } from './list-projections.query.js';
import { ProjectionsAnswer } from './projections.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/projections')
export class ProjectionsController {
  constructor(private readonly queries: QueryBus) {}

  /** Lists every projection with its position, lag and state. */
  @Get()
  @ApiOkResponse({ type: ProjectionsAnswer })
  list(@Query(validQuery(NoQuery)) _query: NoQuery): Promise<ProjectionsAnswer> {
    return this.queries.execute(new ListProjections());
  }
}
