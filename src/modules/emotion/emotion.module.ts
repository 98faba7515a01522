import { Module } from '@nestjs/common';
import { EmotionController } from './emotion.controller.js';
import { GetEmotionTrendHandler } from './queries/get-emotion-trend.query.js';
import { ListEmotionsHandler } from './queries/list-emotions.query.js';

/** The emotions of a user over HTTP. */
@Module({
  controllers: [EmotionController],
  providers: [ListEmotionsHandler, GetEmotionTrendHandler],
})
export class EmotionModule {}
