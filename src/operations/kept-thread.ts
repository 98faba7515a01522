import { OperationsThread } from './in-thread.js';

/** Closes the thread after this long without work, ms. */
const IDLE_MS = 10_000;

/** A thread for work that requests wait for, one after another. It is kept for a while after each. */
export class KeptThread {
  private thread: OperationsThread | undefined;
  private idle: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** Runs the work once all earlier work has ended. */
  next<T>(work: (thread: OperationsThread) => Promise<T>): Promise<T> {
    const result = this.last.then(() => {
      clearTimeout(this.idle);
      this.thread ??= new OperationsThread();
      return work(this.thread);
    });
    this.last = result.catch(() => undefined).then(() => this.waitIdle());
    return result;
  }

  async close(): Promise<void> {
    await this.last.catch(() => undefined);
    clearTimeout(this.idle);
    await this.thread?.close();
  }

  private waitIdle(): void {
    this.idle = setTimeout(() => {
      void this.thread?.close();
      this.thread = undefined;
    }, IDLE_MS).unref();
  }
}
