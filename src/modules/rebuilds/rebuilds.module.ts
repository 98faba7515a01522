import { Module } from '@nestjs/common';
import { RebuildsController } from './rebuilds.controller.js';

/** Projections made anew from the log. */
@Module({ controllers: [RebuildsController] })
export class RebuildsModule {}
