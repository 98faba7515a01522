import { Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { Retractions } from '../../operations/retraction/retractions.js';
import { ListRetractionsHandler } from './queries/list-retractions.query.js';
import { PreviewRetractionHandler } from './queries/preview-retraction.query.js';
import { RetractionController } from './retraction.controller.js';
import { SingleRetractionsController } from './single-retractions.controller.js';

/** Retractions over HTTP. */
@Module({
  controllers: [RetractionController, SingleRetractionsController],
  providers: [ListRetractionsHandler, PreviewRetractionHandler],
})
export class RetractionModule implements BeforeApplicationShutdown {
  constructor(private readonly retractions: Retractions) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.retractions.close();
  }
}
