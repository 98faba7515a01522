import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { validQuery } from '../../http/valid.pipe.js';
import { ListUsersQuery, UserPageAnswer } from './profile.dto.js';
import { ListUsers } from './queries/list-users.query.js';

@ApiTags('profile')
@Scoped(['chat', 'analyst'])
@Controller('v1/users')
export class UsersController {
  constructor(private readonly queries: QueryBus) {}

  /** Lists the users by their ids. */
  @Get()
  @ApiOkResponse({ type: UserPageAnswer })
  list(@Query(validQuery(ListUsersQuery)) query: ListUsersQuery): Promise<UserPageAnswer> {
    return this.queries.execute(new ListUsers(query));
  }
}
