import { Module, type DynamicModule } from '@nestjs/common';
import { Metrics } from '../metrics.js';
import { MetricsController } from './metrics.controller.js';
import { StoreMetrics } from './store-metrics.js';
import { WriterMetrics } from './writer-metrics.js';

/** Tells Prometheus how the process and the store fare; gives every module the metrics to add to. */
@Module({})
export class MetricsModule {
  static of(metrics: Metrics): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      controllers: [MetricsController],
      providers: [{ provide: Metrics, useValue: metrics }, WriterMetrics, StoreMetrics],
      exports: [Metrics],
    };
  }
}
