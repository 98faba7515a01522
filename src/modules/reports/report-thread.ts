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

  constructor(address: DatabaseAddress) {
    this.thread = new Piscina({
      filename: new URL('./reports.worker.js', import.meta.url).href,
      workerData: { address },
      minThreads: 0,
      maxThreads: 1,
      maxQueue: MAX_WAITING,
      idleTimeout: IDLE_MS,
    });
  }

  /** Returns the parts of the answer. Aborting the signal ends the computation at once. */
  run(task: ReportTask, signal: AbortSignal): Promise<Uint8Array[]> {
    const waiting = this.thread.queueSize;
    if (waiting >= MAX_WAITING)
      throw new Unavailable('service.busy', `${waiting} reports are already waiting; retry in a second.`);
    return runTask(this.thread, task, { signal });
  }

  close(): Promise<void> {
    return this.thread.destroy();
  }
}
