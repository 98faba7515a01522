import { Piscina } from 'piscina';
import { Unavailable } from '../../errors.js';
import type { RowFormat } from '../../formats/row-format.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { streamFromThread } from '../thread-stream.js';
import type { EventCopy } from './event-copies.worker.js';
import type { EventRange } from './event-rows.js';

/** Copies that may be open at once: each has a connection and a row group in memory. */
const MAX_OPEN = 8;
/** The thread ends after this long without a copy, ms. */
const IDLE_MS = 30_000;

/**
 * Copies of the log in formats whose encoding takes long: made in a thread of their own, at the pace of their
 * readers. All of them are made by one thread, so that they never take more than one processor.
 */
export class EventCopies {
  private readonly thread = new Piscina({
    filename: new URL('./event-copies.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: MAX_OPEN,
    idleTimeout: IDLE_MS,
  });
  private open = 0;

  constructor(private readonly address: DatabaseAddress) {}

  /**
   * Yields the bytes of a copy and returns the number of its events. Throws Unavailable while too many copies
   * are being read.
   */
  async *stream(format: RowFormat, range: EventRange): AsyncGenerator<Uint8Array, number> {
    if (this.open >= MAX_OPEN)
      throw new Unavailable('service.busy', `${this.open} copies are already being read; retry in a second.`);
    this.open++;
    try {
      const input: EventCopy = { address: this.address, format, range };
      return yield* streamFromThread<number>(this.thread, input);
    } finally {
      this.open--;
    }
  }

  close(): Promise<void> {
    return this.thread.destroy();
  }
}
