import { Module } from '@nestjs/common';
import { GetPositionHandler } from './get-position.query.js';
import { PositionsController } from './positions.controller.js';

/** Positions of the log over HTTP. */
@Module({ controllers: [PositionsController], providers: [GetPositionHandler] })
export class PositionsModule {}
