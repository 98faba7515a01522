import { Module } from '@nestjs/common';
import { UserLog } from '../user-log.js';
import { EmotionController } from './emotion.controller.js';
import { ObservationsController } from './observations/observations.controller.js';
import { GetEmotionTrendHandler } from './queries/get-emotion-trend.query.js';
import { GetObservationHandler } from './queries/get-observation.query.js';
import { ListEmotionsHandler } from './queries/list-emotions.query.js';
import { ListObservationsHandler } from './queries/list-observations.query.js';

/** The emotions of a user over HTTP. */
@Module({
  controllers: [EmotionController, ObservationsController],
  providers: [
    UserLog,
    ListEmotionsHandler,
    GetEmotionTrendHandler,
    ListObservationsHandler,
    GetObservationHandler,
  ],
})
export class EmotionModule {}
