import { Body, Controller, Get, Param, Patch, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../../http/access/scoped.js';
import { FromRequest } from '../../http/command-context.js';
import { CommandRoute } from '../../http/command-route.js';
import { UserPath } from '../../http/paths.dto.js';
import { sendWritten } from '../../http/send-written.js';
import { valid, validQuery } from '../../http/valid.pipe.js';
import type { CommandContext } from '../../writer/write-command.js';
import { UserReadQuery } from '../user-read.dto.js';
import { UserRead } from '../user-read.js';
import { ChangeProfile, ChangeProfileBody } from './commands/change-profile.command.js';
import { ProfileAnswer, ProfileChangedAnswer } from './profile.dto.js';
import { GetProfile } from './queries/get-profile.query.js';

@ApiTags('profile')
@Scoped(['chat'])
@Controller('v1/users/:userId/profile')
export class ProfileController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** Changes any fields of the profile; a change without effect writes nothing. */
  @Patch()
  @CommandRoute({ status: 200, answer: ProfileChangedAnswer, conditional: true })
  async change(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Body(valid(ChangeProfileBody)) body: ChangeProfileBody,
    @FromRequest() context: CommandContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendWritten(reply, await this.commands.execute(new ChangeProfile(userId, body, context)));
  }

  /** Returns the profile with its counters. The ETag is the version for If-Match. */
  @Get()
  @UserRead(ProfileAnswer)
  async get(
    @Param(valid(UserPath)) { userId }: UserPath,
    @Query(validQuery(UserReadQuery)) _query: UserReadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProfileAnswer> {
    const profile = await this.queries.execute(new GetProfile(userId));
    void reply.header('etag', `"${profile.version}"`);
    return profile;
  }
}
