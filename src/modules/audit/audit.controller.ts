import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { UserPath } from '../../http/paths.dto.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import { PersonReadPageAnswer, PersonReadsQuery } from './audit.dto.js';
import { ListPersonReads } from './list-person-reads.query.js';

@ApiTags('privacy')
@Scoped(['operator', 'erase'])
@Controller('v1/users/:userId/access')
export class AuditController {
  constructor(private readonly queries: QueryBus) {}

  /**
   * Lists who has read what of a person with a key for people, while AUDIT_READS was on: it never says what
   * was read, and stays after the person is erased. For an id that nobody has, the list may be empty.
   */
  @Get()
  @ApiOkResponse({ type: PersonReadPageAnswer })
  list(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(PersonReadsQuery)) query: PersonReadsQuery,
  ): Promise<PersonReadPageAnswer> {
    return this.queries.execute(new ListPersonReads(userId, query));
  }
}
