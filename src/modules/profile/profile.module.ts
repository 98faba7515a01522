import { Module } from '@nestjs/common';
import { ChangeProfileHandler } from './commands/change-profile.command.js';
import { ProfileController } from './profile.controller.js';
import { GetProfileHandler } from './queries/get-profile.query.js';

/** Who a user is. */
@Module({ controllers: [ProfileController], providers: [ChangeProfileHandler, GetProfileHandler] })
export class ProfileModule {}
