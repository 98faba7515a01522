import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** A scrape does not wait longer for what the database should say. */
const GAUGE_TIMEOUT_MS = 2_000;

/** One value, or one for each value of the gauge's label; null where there is none. */
export type GaugeValue = number | null | ReadonlyMap<string, number>;

interface GaugeOptions {
  name: string;
  help: string;
  /** What a map's keys are; a closed set, never an id or text of a user. */
  label?: string;
  /** Said when the value cannot be had; otherwise the gauge is left out of that scrape. */
  otherwise?: number;
}

/**
 * What this process tells at `/metrics`. Any module adds to it by injecting it: a gauge that is asked for at each scrape
 * with `metrics.gauge({ name: 'edgesoul_backup_size_bytes', help: '…' }, () => this.newest?.bytes ?? null)`, a counter
 * or histogram with prom-client's own and `registers: [metrics.registry]`.
 */
@Injectable()
export class Metrics {
  /** Of this one application: several in one process, as in tests, do not mix. */
  readonly registry = new Registry();
  private readonly failures = new Counter({
    name: 'edgesoul_scrape_failures_total',
    help: 'Metrics that a scrape had to leave out because their value could not be had in time.',
    labelNames: ['metric'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'edgesoul_' });
    // Gauges, though Prometheus keeps `_total` for counters; the ones without it say the same by type.
    for (const what of ['handles', 'requests', 'resources'])
      this.registry.removeSingleMetric(`edgesoul_nodejs_active_${what}_total`);
  }

  /** Adds a gauge whose value is asked for at each scrape; a failure or a delay costs the scrape this gauge only. */
  gauge({ name, help, label, otherwise }: GaugeOptions, ask: () => GaugeValue | Promise<GaugeValue>): void {
    const failures = this.failures;
    const gauge = new Gauge<string>({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.registry],
      async collect() {
        let asked: GaugeValue;
        try {
          asked = await withTimeout(ask);
        } catch {
          failures.inc({ metric: name });
          asked = otherwise ?? null;
        }
        if (label === undefined) gauge.remove();
        else gauge.reset();
        if (typeof asked === 'number') gauge.set(asked);
        else if (label !== undefined)
          for (const [of, value] of asked ?? []) gauge.set({ [label]: of }, value);
      },
    });
  }
}

async function withTimeout<T>(ask: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${GAUGE_TIMEOUT_MS} ms.`)), GAUGE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([late, ask()]);
  } finally {
    clearTimeout(timer);
  }
}
