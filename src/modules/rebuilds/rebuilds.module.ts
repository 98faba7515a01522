import { Module } from '@nestjs/common';
import { RebuildMetrics } from './rebuild-metrics.js';
import { RebuildsController } from './rebuilds.controller.js';

/** Rebuilds of projections over HTTP. */
@Module({ controllers: [RebuildsController], providers: [RebuildMetrics] })
export class RebuildsModule {}
