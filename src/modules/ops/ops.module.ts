import { Module } from '@nestjs/common';
import { EventCounts } from './event-counts.js';
import { GetStoreStatsHandler } from './get-store-stats.query.js';
import { ListProjectionsHandler } from './list-projections.query.js';
import { ProjectionsController } from './projections.controller.js';
import { RowCounts } from './row-counts.js';
import { StoreStatsController } from './store-stats.controller.js';

/** Projections and store statistics over HTTP, for operators. */
@Module({
  controllers: [ProjectionsController, StoreStatsController],
  providers: [EventCounts, RowCounts, ListProjectionsHandler, GetStoreStatsHandler],
})
export class OpsModule {}
