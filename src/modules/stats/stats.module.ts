import { Module } from '@nestjs/common';
import { GetStatsHandler } from './get-stats.query.js';
import { StatsController } from './stats.controller.js';

/** A user in numbers. */
@Module({ controllers: [StatsController], providers: [GetStatsHandler] })
export class StatsModule {}
