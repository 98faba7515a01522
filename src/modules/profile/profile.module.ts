import { Module } from '@nestjs/common';
import { LearnedEvents } from './learning/learned-events.js';
import { LearnedController } from './learning/learned.controller.js';
import { ProfileController } from './profile.controller.js';
import { GetProfileHandler } from './queries/get-profile.query.js';
import { ListLearnedHandler } from './queries/list-learned.query.js';
import { ListUsersHandler } from './queries/list-users.query.js';
import { UsersController } from './users.controller.js';

/** The profile of a user over HTTP. */
@Module({
  controllers: [ProfileController, LearnedController, UsersController],
  providers: [GetProfileHandler, ListUsersHandler, ListLearnedHandler, LearnedEvents],
})
export class ProfileModule {}
