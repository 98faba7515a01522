import { Module } from '@nestjs/common';
import { JobsController } from './jobs.controller.js';

/** The jobs of all kinds over HTTP: what runs, and how to cancel it. */
@Module({ controllers: [JobsController] })
export class JobsModule {}
