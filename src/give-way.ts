import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** The name of the memory that threads share, among what they are started with. */
const SHARED = 'edgesoul.mainThreadLoad';
/** How often the load is measured, ms. */
const MEASURED_EVERY_MS = 100;
/** From here on the main thread is busy: the percentage of the last interval in which it did not wait. */
const BUSY_PERCENT = 50;
/** A pause is this many times as long as the work before it, and at most MAX_PAUSE_MS. */
const PAUSE_PER_WORK = 2;
const MAX_PAUSE_MS = 100;

/**
 * Measures how busy the main thread is, which answers the chat, and shows it to the threads that are started
 * afterwards. Does nothing when it is called again.
 */
export function shareMainThreadLoad(): void {
  if (getEnvironmentData(SHARED) instanceof SharedArrayBuffer) return;
  const load = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  setEnvironmentData(SHARED, load.buffer);
  let last = performance.eventLoopUtilization();
  const measure = (): void => {
    const now = performance.eventLoopUtilization();
    Atomics.store(load, 0, Math.round(100 * performance.eventLoopUtilization(now, last).utilization));
    last = now;
  };
  setInterval(measure, MEASURED_EVERY_MS).unref();
}

/** Whether the main thread of this process is busy; false where nothing measures it. */
function isMainThreadBusy(): boolean {
  const shared = getEnvironmentData(SHARED);
  return shared instanceof SharedArrayBuffer && Atomics.load(new Int32Array(shared), 0) >= BUSY_PERCENT;
}

/**
 * Work in many pieces that nobody waits for as a chat waits for its reply, such as a copy of the log. A low
 * priority is not enough: two threads share the caches, and often the processor core, that the chat needs.
 */
export class Patience {
  private resumedAt = performance.now();

  constructor(
    private readonly isBusy: () => boolean = isMainThreadBusy,
    private readonly pause: (ms: number) => Promise<unknown> = sleep,
  ) {}

  /** To be called between two pieces: pauses while the main thread is busy. */
  async giveWay(): Promise<void> {
    const workedMs = performance.now() - this.resumedAt;
    if (this.isBusy()) await this.pause(Math.min(workedMs * PAUSE_PER_WORK, MAX_PAUSE_MS));
    this.resumedAt = performance.now();
  }
}
