import { createHistogram } from 'node:perf_hooks';
import type { LoadResult } from './load.ts';

/** Nothing is counted before this time has passed: connections open and code paths warm up. */
export const LEAD_IN_MS = 300;

/** Counts answers, and their latencies in microseconds, once the lead-in is over. */
export class Meter {
  private readonly histogram = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  private readonly started = performance.now();
  private readonly cpu = process.cpuUsage();
  private lastAnswerAt = 0;
  private answers = 0;
  private lastBeat = performance.now();
  private standstillMs = 0;
  private readonly heart = setInterval(() => this.beat(), 100);
  private failures = 0;
  /** The beginning of the first failed answer, or the first connection error. */
  failureSample = '';

  answered(status: number, latencyMs: number): void {
    this.answers++;
    if (status < 200 || status > 299) this.failures++;
    const now = performance.now();
    if (now < this.started + LEAD_IN_MS) return;
    this.lastAnswerAt = now;
    this.histogram.record(Math.max(1, Math.round(latencyMs * 1000)));
  }

  result(): LoadResult {
    this.beat();
    clearInterval(this.heart);
    const { user, system } = process.cpuUsage(this.cpu);
    const requests = this.histogram.count;
    return {
      answers: this.answers,
      requests,
      perSecond: requests === 0 ? 0 : requests / ((this.lastAnswerAt - this.started - LEAD_IN_MS) / 1000),
      p50: this.histogram.percentile(50) / 1000,
      p99: this.histogram.percentile(99) / 1000,
      max: this.histogram.max / 1000,
      failures: this.failures,
      failureSample: this.failureSample,
      standstillMs: this.standstillMs,
      generatorBusy: (user + system) / 1000 / (performance.now() - this.started),
    };
  }

  private beat(): void {
    const now = performance.now();
    this.standstillMs = Math.max(this.standstillMs, now - this.lastBeat);
    this.lastBeat = now;
  }
}
