import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { validQuery } from '../../http/valid.pipe.js';
import { GetPosition } from './get-position.query.js';
import { PositionAnswer, PositionQuery } from './positions.dto.js';

@ApiTags('events')
@Scoped(['chat', 'analyst'])
@Controller('v1/positions')
export class PositionsController {
  constructor(private readonly queries: QueryBus) {}

  /**
   * Returns the position that a time names: that of the last event recorded at or before it.
   * @remarks The answer stays the same. So a time to which no later event exists yet is answered when it is a
   * second past; one in the future is refused.
   */
  @Get()
  @ApiOkResponse({ type: PositionAnswer })
  get(@Query(validQuery(PositionQuery)) { at }: PositionQuery): Promise<PositionAnswer> {
    return this.queries.execute(new GetPosition(at));
  }
}
