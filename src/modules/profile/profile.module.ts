import { Module } from '@nestjs/common';
import { ProfileController } from './profile.controller.js';
import { GetProfileHandler } from './queries/get-profile.query.js';
import { ListUsersHandler } from './queries/list-users.query.js';
import { UsersController } from './users.controller.js';

/** The profile of a user over HTTP. */
@Module({
  controllers: [ProfileController, UsersController],
  providers: [GetProfileHandler, ListUsersHandler],
})
export class ProfileModule {}
