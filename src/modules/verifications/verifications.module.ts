import { Module } from '@nestjs/common';
import { VerificationMetrics } from './verification-metrics.js';
import { VerificationsController } from './verifications.controller.js';

/** Verifications over HTTP: the proof that nothing is missing or changed. */
@Module({ controllers: [VerificationsController], providers: [VerificationMetrics] })
export class VerificationsModule {}
