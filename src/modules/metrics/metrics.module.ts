import { Module, type DynamicModule } from '@nestjs/common';
import { Metrics } from '../metrics.js';
import { MetricsController } from './metrics.controller.js';
import { StoreMetrics } from './store-metrics.js';
import { WriterMetrics } from './writer-metrics.js';

/** Metrics of the process and the store for Prometheus; every module can inject Metrics and add its own. */
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
