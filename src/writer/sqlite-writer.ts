import { Piscina } from 'piscina';
import { Unavailable } from '../errors.js';
import type { Doorbell } from '../events/log/doorbell.js';
import { valueOf, type ThreadResult } from '../thread-result.js';
import { CommandWriter, type CommandData, type WriterState } from './command-writer.js';
import { DEFAULT_LIMITS, type Commit } from './event-writer.js';
import type { Written } from './write-command.js';
import type { CommandResults, WriterThreadData } from './writer-thread.js';

interface Waiting {
  command: CommandData;
  resolve: (written: Written) => void;
  reject: (error: unknown) => void;
}

/**
 * The writer of a SQLite file, in a thread of its own: deciding, folding and the commit's fsync never hold up the
 * main thread, which keeps answering reads meanwhile. Commands that arrive together cross over together.
 */
export class SqliteWriter extends CommandWriter {
  private readonly thread: Piscina;
  private arrived: Waiting[] = [];
  /** Commands that are not answered yet. */
  private unanswered = 0;
  private readonly crossings = new Set<Promise<void>>();
  private stopping = false;
  private committed: (commit: Commit) => void = nothing;

  private constructor(
    data: WriterThreadData,
    private readonly doorbell: Doorbell,
  ) {
    super();
    this.thread = new Piscina({
      filename: new URL('../writer.worker.js', import.meta.url).href,
      workerData: data,
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: DEFAULT_LIMITS.queue,
      // A thread that waits in Atomics.wait() could not go on with the batches that it has begun.
      atomics: 'disabled',
    });
  }

  /** Resolves once the thread has opened the file. */
  static async open(data: WriterThreadData, doorbell: Doorbell): Promise<SqliteWriter> {
    const writer = new SqliteWriter(data, doorbell);
    try {
      await writer.state();
      return writer;
    } catch (error) {
      await writer.thread.destroy();
      throw error;
    }
  }

  override get waiting(): number {
    return this.unanswered;
  }

  override onCommit(listener: (commit: Commit) => void): void {
    this.committed = listener;
  }

  override write(command: CommandData): Promise<Written> {
    if (this.stopping) return Promise.reject(Unavailable.stopping());
    if (this.unanswered >= DEFAULT_LIMITS.queue) return Promise.reject(Unavailable.busy(this.unanswered));
    this.unanswered++;
    return new Promise((resolve, reject) => {
      if (this.arrived.length === 0) setImmediate(() => this.cross());
      this.arrived.push({ command, resolve, reject });
    });
  }

  override async state(): Promise<WriterState> {
    return valueOf((await this.thread.run(undefined, { name: 'state' })) as ThreadResult<WriterState>);
  }

  override async close(): Promise<void> {
    this.stopping = true;
    if (this.arrived.length > 0) this.cross();
    await Promise.all(this.crossings);
    await this.thread.run(undefined, { name: 'close' });
    await this.thread.close();
  }

  /** Takes everything that has arrived over to the thread. */
  private cross(): void {
    const together = this.arrived;
    this.arrived = [];
    if (together.length === 0) return;
    const crossing = this.carry(together).finally(() => this.crossings.delete(crossing));
    this.crossings.add(crossing);
  }

  private async carry(together: readonly Waiting[]): Promise<void> {
    try {
      const commands = together.map(({ command }) => command);
      const written = (await this.thread.run(commands, { name: 'write' })) as CommandResults;
      this.doorbell.ring(written.position);
      for (const commit of written.commits) this.committed(commit);
      for (const [i, result] of written.results.entries()) answer(together[i] as Waiting, result);
    } catch (cause) {
      // The thread itself has failed: whether its last commit was made is unknown, so a retry needs its key.
      for (const { reject } of together) reject(Unavailable.database(cause));
    } finally {
      this.unanswered -= together.length;
    }
  }
}

const nothing = (): void => undefined;

function answer({ resolve, reject }: Waiting, result: ThreadResult<Written>): void {
  try {
    resolve(valueOf(result));
  } catch (error) {
    reject(error);
  }
}
