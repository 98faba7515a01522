import { Module } from '@nestjs/common';
import { EmotionController } from './emotion.controller.js';
import { GetEmotionTrendHandler } from './queries/get-emotion-trend.query.js';
import { ListEmotionsHandler } from './queries/list-emotions.query.js';

/** What a user feels. */
@Module({
  controllers: [EmotionController],
  providers: [ListEmotionsHandler, GetEmotionTrendHandler],
})
export class EmotionModule {}
