import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CheckpointsAtHead } from './checkpoints-at-head.js';
import { HealthController } from './health.controller.js';

/** Is it alive, is it ready, and if not, why not? */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [CheckpointsAtHead],
})
export class HealthModule {}
