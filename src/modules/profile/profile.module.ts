import { Module } from '@nestjs/common';
import { ProfileController } from './profile.controller.js';
import { GetProfileHandler } from './queries/get-profile.query.js';

/** The profile of a user over HTTP. */
@Module({ controllers: [ProfileController], providers: [GetProfileHandler] })
export class ProfileModule {}
