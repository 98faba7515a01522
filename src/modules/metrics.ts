import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Longest time a scrape waits for the value of one gauge, ms. */
const GAUGE_TIMEOUT_MS = 2_000;

/** One value, or one value for each value of the gauge's label; null when there is none. */
export type GaugeValue = number | null | ReadonlyMap<string, number>;

interface GaugeOptions {
  name: string;
  help: string;
  /** Name of the label whose values are the keys of a map: a closed set, never an id or text of a user. */
  label?: string;
  /** Value to report when reading fails; without it the gauge is left out of that scrape. */
  fallback?: number;
}

/**
 * The metrics that this process reports at `/metrics`. Any module injects it to add its own. A gauge is read
 * at each scrape: `metrics.gauge({ name: 'edgesoul_backup_bytes', help }, () => this.newest?.bytes ?? null)`.
 * Counters and histograms are those of prom-client, with `registers: [metrics.registry]`.
 */
@Injectable()
export class Metrics {
  /** The registry of this application only: several applications in one process, as in tests, do not mix. */
  readonly registry = new Registry();
  private readonly failures = new Counter({
    name: 'edgesoul_scrape_failures_total',
    help: 'Metric values that a scrape could not read: reading failed or timed out.',
    labelNames: ['metric'],
    registers: [this.registry],
  });

  constructor(
    /** Whether figures of the process and of its machine are among them: they tell of all tenants. */
    readonly ofProcess = true,
  ) {
    if (!ofProcess) return;
    collectDefaultMetrics({ register: this.registry, prefix: 'edgesoul_' });
    // Gauges, but Prometheus reserves `_total` for counters; the gauges without it report the same by type.
    for (const what of ['handles', 'requests', 'resources'])
      this.registry.removeSingleMetric(`edgesoul_nodejs_active_${what}_total`);
  }

  /** Adds a gauge that is read at each scrape. If that fails or times out, only this gauge is missing. */
  gauge({ name, help, label, fallback }: GaugeOptions, read: () => GaugeValue | Promise<GaugeValue>): void {
    const failures = this.failures;
    const gauge = new Gauge<string>({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.registry],
      async collect() {
        let current: GaugeValue;
        try {
          current = await withTimeout(read);
        } catch {
          failures.inc({ metric: name });
          current = fallback ?? null;
        }
        if (label === undefined) gauge.remove();
        else gauge.reset();
        if (typeof current === 'number') gauge.set(current);
        else if (label !== undefined)
          for (const [key, value] of current ?? []) gauge.set({ [label]: key }, value);
      },
    });
  }
}

async function withTimeout<T>(read: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${GAUGE_TIMEOUT_MS} ms.`)), GAUGE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([late, read()]);
  } finally {
    clearTimeout(timer);
  }
}
