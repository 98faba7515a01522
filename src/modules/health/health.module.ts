import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BackupHealth } from './backup-health.js';
import { HealthController } from './health.controller.js';
import { WriterHealth } from './writer-health.js';

/** Liveness, readiness and backup health over HTTP. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [WriterHealth, BackupHealth],
})
export class HealthModule {}
