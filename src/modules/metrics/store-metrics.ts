import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { FaultWatch } from '../../fault-watch.js';
import { isShared } from '../../store/database-address.js';
import { Store } from '../../store/store.js';
import { VERSION } from '../../version.js';
import { CommandWriter } from '../../writer/command-writer.js';
import { Metrics } from '../metrics.js';
import { singleFlight } from '../single-flight.js';

/** Gauges for the log's head, the projections, the database size, and readiness for commands. */
@Injectable()
export class StoreMetrics {
  constructor(metrics: Metrics, writer: CommandWriter, { address, reads }: Store, faults: FaultWatch) {
    addBuildInfo(metrics, isShared(address) ? 'postgresql' : 'sqlite');
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
        return behind.length === 0 && unwritable === null && faults.damage === undefined ? 1 : 0;
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
    if (!metrics.ofProcess) return;
    metrics.gauge(
      { name: 'edgesoul_disk_free_bytes', help: 'Free space where the SQLite file is.' },
      async () => (await size()).freeBytes,
    );
  }
}

/** Always 1: its labels say what runs, so that a dashboard can show when a release was rolled out. */
function addBuildInfo({ registry }: Metrics, database: string): void {
  const labels = { version: VERSION, node: process.versions.node, database };
  new Gauge({
    name: 'edgesoul_build_info',
    help: 'Always 1; the labels name the release, the Node.js version and the kind of database.',
    labelNames: Object.keys(labels),
    registers: [registry],
  }).set(labels, 1);
}
