import { Module } from '@nestjs/common';
import { VerificationsController } from './verifications.controller.js';

/** Proof that nothing is missing or changed. */
@Module({ controllers: [VerificationsController] })
export class VerificationsModule {}
