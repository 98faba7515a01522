import { Module } from '@nestjs/common';
import { ErasureController } from './erasure.controller.js';
import { ErasuresController } from './erasures.controller.js';

/** The erasure of users over HTTP, and its certificates. */
@Module({ controllers: [ErasureController, ErasuresController] })
export class ErasureModule {}
