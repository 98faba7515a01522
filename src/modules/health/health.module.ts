import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BackupHealth } from './backup-health.js';
import { HealthController } from './health.controller.js';
import { WriterHealth } from './writer-health.js';

/** Is it alive, is it ready, and if not, why not? */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [WriterHealth, BackupHealth],
})
export class HealthModule {}
