import { Module } from '@nestjs/common';
import { GetStatsHandler } from './get-stats.query.js';
import { StatsController } from './stats.controller.js';

/** Statistics of one user over HTTP. */
@Module({ controllers: [StatsController], providers: [GetStatsHandler] })
export class StatsModule {}
