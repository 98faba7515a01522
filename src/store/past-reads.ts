import { Piscina } from 'piscina';
import type { RowReader } from '../database/row-store.js';
import type { Key, Table } from '../database/table.js';
import { Unavailable } from '../errors.js';
import type { Past } from '../projections/past/past-rows.js';
import type { Timeline } from '../projections/past/timeline.js';
import type { UserRows } from '../projections/reads/reads.js';
import type { MemoryQuestion } from '../projections/reads/search/memory-search.js';
import { unwrap, type ThreadResult } from '../thread-result.js';
import type { DatabaseAddress } from './database-address.js';
import type { PastWorkerData } from './past-reads.worker.js';

/** Questions about the past that may wait for the thread; further ones are refused with 503. */
const MAX_WAITING = 200;
/** Beside the states, which SQLite keeps: pages of events, and rows that are not written yet. */
const MAX_HEAP_MB = 512;
/** Questions that the thread knows of at once: it folds together what one request asks for. */
const TOGETHER = 8;
/** The thread starts this long after the store was opened, ms, if no question comes before. */
const START_AFTER_MS = 15_000;

/** Answers questions about the past in a worker thread, so that no scan delays present reads or commands. */
export class PastReads {
  private readonly thread: Piscina;
  private readonly starting: NodeJS.Timeout | undefined;

  /**
   * `words` is a file of word vectors, in memory that threads share. Where `isEager` is false, the thread waits
   * for the first question: the stores of many tenants would each have one.
   */
  constructor(address: DatabaseAddress, words?: SharedArrayBuffer, isEager = true) {
    this.thread = new Piscina({
      filename: new URL('./past-reads.worker.js', import.meta.url).href,
      workerData: { address, words } satisfies PastWorkerData,
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: TOGETHER,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      idleTimeout: Infinity,
    });
    // So that no question waits for it, as it loads every fold.
    if (isEager) this.starting = setTimeout(() => void this.start(), START_AFTER_MS).unref();
  }

  /** Returns the rows of one user as they were at a position of the log. */
  at(userId: string, position: number): UserRows {
    const past: Past = { userId, position };
    const getAll: RowReader['getAll'] = (table, keys) =>
      this.run('getAll', { ...past, table: table.name, keys });
    return {
      get: async <Row extends object>(table: Table<Row>, ...key: Key[]) => (await getAll(table, [key]))[0],
      getAll,
      list: (table, query) => this.run('list', { ...past, table: table.name, query }),
      searchMemories: (question: MemoryQuestion) => this.run('search', { ...past, question }),
    };
  }

  /** Returns when the user changed, up to a position of the log. */
  timeline(userId: string, position: number): Promise<Timeline> {
    return this.run('timeline', { userId, position });
  }

  close(): Promise<void> {
    clearTimeout(this.starting);
    return this.thread.close();
  }

  /** A failure here shows again at the first question; a pool that closes while it starts is no failure. */
  private async start(): Promise<void> {
    await this.thread.run(undefined, { name: 'start' }).catch(() => undefined);
  }

  private async run<T>(name: string, task: object): Promise<T> {
    if (this.thread.queueSize >= MAX_WAITING) throw Unavailable.busy(this.thread.queueSize);
    return unwrap((await this.thread.run(task, { name })) as ThreadResult<T>);
  }
}
