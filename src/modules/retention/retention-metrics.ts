import { Injectable } from '@nestjs/common';
import { Retention } from '../../operations/retention/retention.js';
import { Metrics } from '../metrics.js';
import { singleFlight } from '../single-flight.js';

/** Gauges for when retention last ended, and how many events it has left. */
@Injectable()
export class RetentionMetrics {
  constructor(metrics: Metrics, retention: Retention) {
    const remembered = singleFlight(() => retention.remembered());
    metrics.gauge(
      {
        name: 'edgesoul_retention_last_success_timestamp_seconds',
        help: 'End of the last run of retention; 0 when there is none although it is scheduled.',
      },
      async () => {
        const mark = await remembered();
        if (mark) return mark.markedAt / 1_000;
        return retention.settings.schedule === undefined ? null : 0;
      },
    );
    metrics.gauge(
      {
        name: 'edgesoul_retention_unsealed_events',
        help: 'Events that the last run of retention found too old, and left because they have no seal.',
      },
      async () => (await remembered())?.last.unsealed ?? null,
    );
  }
}
