import { Module } from '@nestjs/common';
import { BatchController } from './batch.controller.js';

/** Many commands in one request. */
@Module({ controllers: [BatchController] })
export class BatchModule {}
