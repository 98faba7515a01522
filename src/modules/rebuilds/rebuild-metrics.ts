import { Injectable } from '@nestjs/common';
import { failuresTable } from '../../events/log/log-tables.js';
import { Rebuilds } from '../../operations/rebuild/rebuilds.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { Reads } from '../../projections/reads/reads.js';
import { Metrics } from '../metrics.js';

/** Gauges for the running rebuild, its progress, and the failed projections. */
@Injectable()
export class RebuildMetrics {
  constructor(metrics: Metrics, rebuilds: Rebuilds, reads: Reads) {
    metrics.gauge(
      { name: 'edgesoul_rebuild_running', help: '1 while this process rebuilds projections.' },
      () => (rebuilds.running ? 1 : 0),
    );
    metrics.gauge(
      { name: 'edgesoul_rebuild_done_events', help: 'Events that the running rebuild has folded.' },
      () => rebuilds.running?.done ?? null,
    );
    metrics.gauge(
      { name: 'edgesoul_rebuild_total_events', help: 'Events that the running rebuild has to fold.' },
      () => rebuilds.running?.total ?? null,
    );
    metrics.gauge(
      {
        name: 'edgesoul_projection_failed',
        help: '1 when the projection has stopped at an event that its folds cannot process.',
        label: 'projection',
      },
      async () => {
        const failed = PROJECTIONS.map(
          async ({ name }) => [name, (await reads.get(failuresTable, name)) ? 1 : 0] as const,
        );
        return new Map(await Promise.all(failed));
      },
    );
  }
}
