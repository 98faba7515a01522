import { Piscina } from 'piscina';
import { Unavailable } from '../../errors.js';
import { runTask } from '../../operations/thread-task.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import type { ReportTask } from './reports.worker.js';

/** Reports that may wait for the thread; further ones are refused with 503. */
const MAX_WAITING = 16;
/** The thread ends after this long without a report. */
const IDLE_MS = 30_000;

/** A thread of low priority that computes reports, one at a time; it starts on demand. */
export class ReportThread {
  private readonly thread: Piscina;
  /**
   * What lets each waiting report go on, the first one first. The pool's own queue would do, but it stands
   * still when a running task is aborted, which ends the thread, until another task comes.
   */
  private readonly waiting = new Set<() => void>();
  private isBusy = false;

  constructor(address: DatabaseAddress) {
    this.thread = new Piscina({
      filename: new URL('./reports.worker.js', import.meta.url).href,
      workerData: { address },
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
    });
  }

  /**
   * Returns the parts of the answer. Aborting the signal ends the computation, or the wait for it, at once.
   */
  async run(task: ReportTask, signal: AbortSignal): Promise<Uint8Array[]> {
    signal.throwIfAborted();
    if (this.waiting.size >= MAX_WAITING)
      throw new Unavailable(
        'service.busy',
        `${this.waiting.size} reports are already waiting; retry in a second.`,
      );
    if (this.isBusy) await this.turn(signal);
    this.isBusy = true;
    try {
      return await runTask(this.thread, task, { signal });
    } finally {
      this.isBusy = false;
      const [next] = this.waiting;
      next?.();
    }
  }

  close(): Promise<void> {
    return this.thread.destroy();
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.delete(goOn);
        signal.removeEventListener('abort', giveUp);
      };
      const goOn = () => {
        leave();
        // From here on nobody else may begin.
        this.isBusy = true;
        resolve();
      };
      const giveUp = () => {
        leave();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp);
      this.waiting.add(goOn);
    });
  }
}
