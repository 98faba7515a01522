import { Module } from '@nestjs/common';
import { OriginalEmotionsController } from './original-emotions.controller.js';
import { OriginalExportsController } from './original-exports.controller.js';
import { OriginalImportsController } from './original-imports.controller.js';
import { OriginalMemoriesController } from './original-memories.controller.js';
import { OriginalProfileController } from './original-profile.controller.js';

/**
 * The routes of the original EdgeSoul backend, under `/api/v1/memory`: they translate between its words and
 * the commands and queries of the other modules, and keep nothing themselves.
 */
@Module({
  controllers: [
    OriginalProfileController,
    OriginalMemoriesController,
    OriginalEmotionsController,
    OriginalImportsController,
    OriginalExportsController,
  ],
})
export class EdgesoulCompatModule {}
