import { Module } from '@nestjs/common';
import { RebuildMetrics } from './rebuild-metrics.js';
import { RebuildsController } from './rebuilds.controller.js';

/** Projections made anew from the log. */
@Module({ controllers: [RebuildsController], providers: [RebuildMetrics] })
export class RebuildsModule {}
