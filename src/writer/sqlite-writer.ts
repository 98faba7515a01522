import { Piscina } from 'piscina';
import { Unavailable } from '../errors.js';
import type { Doorbell } from '../events/log/doorbell.js';
import { unwrap, type ThreadResult } from '../thread-result.js';
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
 * The writer of a SQLite file, in a thread of its own: deciding, folding and fsync never block the main
 * thread, which keeps answering reads. Commands that arrive together are sent to the thread together.
 */
export class SqliteWriter extends CommandWriter {
  private readonly thread: Piscina;
  private arrived: Waiting[] = [];
  /** Number of commands that are not answered yet. */
  private unanswered = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private stopping = false;
  private commitListener: (commit: Commit) => void = nothing;

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
      // A thread blocked in Atomics.wait() could not continue the batches that it has begun.
      atomics: 'disabled',
    });
  }

  /** Starts the thread; resolves once it has opened the file. */
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
    this.commitListener = listener;
  }

  override write(command: CommandData): Promise<Written> {
    if (this.stopping) return Promise.reject(Unavailable.stopping());
    if (this.unanswered >= DEFAULT_LIMITS.queue) return Promise.reject(Unavailable.busy(this.unanswered));
    this.unanswered++;
    return new Promise((resolve, reject) => {
      if (this.arrived.length === 0) setImmediate(() => this.sendArrived());
      this.arrived.push({ command, resolve, reject });
    });
  }

  override async state(): Promise<WriterState> {
    return unwrap((await this.thread.run(undefined, { name: 'state' })) as ThreadResult<WriterState>);
  }

  override async close(): Promise<void> {
    this.stopping = true;
    if (this.arrived.length > 0) this.sendArrived();
    await Promise.all(this.inFlight);
    await this.thread.run(undefined, { name: 'close' });
    await this.thread.close();
  }

  /** Sends all commands that have arrived to the thread. */
  private sendArrived(): void {
    const batch = this.arrived;
    this.arrived = [];
    if (batch.length === 0) return;
    const sending = this.send(batch).finally(() => this.inFlight.delete(sending));
    this.inFlight.add(sending);
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    try {
      const commands = batch.map(({ command }) => command);
      const written = (await this.thread.run(commands, { name: 'write' })) as CommandResults;
      this.doorbell.ring(written.position);
      for (const commit of written.commits) this.commitListener(commit);
      for (const [i, result] of written.results.entries()) answer(batch[i] as Waiting, result);
    } catch (cause) {
      // The thread itself failed. Whether its last commit was made is unknown, so a retry needs its key.
      for (const { reject } of batch) reject(Unavailable.database(cause));
    } finally {
      this.unanswered -= batch.length;
    }
  }
}

const nothing = (): void => undefined;

function answer({ resolve, reject }: Waiting, result: ThreadResult<Written>): void {
  try {
    resolve(unwrap(result));
  } catch (error) {
    reject(error);
  }
}
