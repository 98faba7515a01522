import { Piscina } from 'piscina';
import { Unavailable } from '../../errors.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import { streamFromThread } from '../thread-stream.js';
import type { ArchiveTask } from './person-archives.worker.js';

/** Archives that may be made at once: each keeps a snapshot of the store. */
const MAX_OPEN = 4;
/** Longest time for one archive, ms: until then, SQLite's write-ahead log grows by what is written. */
const MAX_MS = 10 * 60_000;
/** The thread ends after this long without an archive, ms. */
const IDLE_MS = 30_000;

/**
 * Archives of everything that is held of a user, made in a thread of their own, at the pace of their readers.
 */
export class PersonArchives {
  private readonly thread = new Piscina({
    filename: new URL('./person-archives.worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: MAX_OPEN,
    idleTimeout: IDLE_MS,
  });
  private open = 0;

  constructor(
    private readonly address: DatabaseAddress,
    private readonly maxMs = MAX_MS,
  ) {}

  /**
   * Yields the bytes of the archive. Throws NotFound for an unknown user, and Unavailable while too many
   * archives are being made or when one takes too long.
   */
  async *stream(userId: string): AsyncGenerator<Uint8Array, void> {
    if (this.open >= MAX_OPEN)
      throw new Unavailable('service.busy', `${this.open} archives are being made; retry in a minute.`);
    this.open++;
    const end = performance.now() + this.maxMs;
    try {
      const input: ArchiveTask = { address: this.address, userId, exportedAt: Date.now() };
      for await (const chunk of streamFromThread<void>(this.thread, input)) {
        yield chunk;
        if (performance.now() > end) throw tooSlow(this.maxMs);
      }
    } finally {
      this.open--;
    }
  }

  close(): Promise<void> {
    return this.thread.destroy();
  }
}

function tooSlow(maxMs: number): Unavailable {
  const minutes = Math.round(maxMs / 60_000);
  return new Unavailable('service.busy', `The archive was not taken within ${minutes} minutes; try again.`);
}
