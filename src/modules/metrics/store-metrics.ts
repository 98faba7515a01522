import { Injectable } from '@nestjs/common';
import { Reads } from '../../projections/reads/reads.js';
import { CommandWriter } from '../../writer/command-writer.js';
import { Metrics } from '../metrics.js';
import { singleFlight } from '../single-flight.js';

/** Gauges for the log's head, the projections, the database size, and readiness for commands. */
@Injectable()
export class StoreMetrics {
  constructor(metrics: Metrics, writer: CommandWriter, reads: Reads) {
    // The gauges of one scrape share one read.
    const positions = singleFlight(() => reads.positions());
    const size = singleFlight(() => reads.size());
    const state = singleFlight(() => writer.state());

    metrics.gauge(
      {
        name: 'edgesoul_ready',
        help: '/health/ready as a number: 1 when the process takes commands and every projection is at the head.',
        fallback: 0,
      },
      async () => {
        const { behind, unwritable } = await state();
        return behind.length === 0 && unwritable === null ? 1 : 0;
      },
    );
    metrics.gauge(
      { name: 'edgesoul_log_head_position', help: "Position of the log's last event." },
      async () => (await positions()).head,
    );
    metrics.gauge(
      {
        name: 'edgesoul_projection_position',
        help: 'Position of the last event that the projection has folded.',
        label: 'projection',
      },
      async () => new Map((await positions()).projections.map(({ name, position }) => [name, position])),
    );
    metrics.gauge(
      {
        name: 'edgesoul_projection_lag_events',
        help: 'Events that the projection has not folded yet.',
        label: 'projection',
      },
      async () => {
        const { head, projections } = await positions();
        return new Map(projections.map(({ name, position }) => [name, head - position]));
      },
    );
    metrics.gauge(
      {
        name: 'edgesoul_database_size_bytes',
        help: 'Size of the tables with their indexes.',
      },
      async () => (await size()).databaseBytes,
    );
    metrics.gauge(
      { name: 'edgesoul_database_wal_size_bytes', help: "Size of SQLite's write-ahead log." },
      async () => (await size()).walBytes,
    );
    metrics.gauge(
      { name: 'edgesoul_disk_free_bytes', help: 'Free space where the SQLite file is.' },
      async () => (await size()).freeBytes,
    );
  }
}
