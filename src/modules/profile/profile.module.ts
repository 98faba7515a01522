import { Module } from '@nestjs/common';
import { ProfileController } from './profile.controller.js';
import { GetProfileHandler } from './queries/get-profile.query.js';

/** Who a user is. */
@Module({ controllers: [ProfileController], providers: [GetProfileHandler] })
export class ProfileModule {}
