import { Piscina } from 'piscina';
import { errorFrom, Unavailable } from '../errors.js';
import type { Doorbell } from '../events/log/doorbell.js';
import type { Carried, Settled } from '../writer.worker.js';
import { CommandWriter, type CommandData, type WriterState } from './command-writer.js';
import { DEFAULT_LIMITS, type Commit } from './event-writer.js';
import type { Written } from './write-command.js';

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
  private told: (commit: Commit) => void = nothing;

  private constructor(
    of: { file: string; turns: SharedArrayBuffer },
    private readonly doorbell: Doorbell,
  ) {
    super();
    this.thread = new Piscina({
      filename: new URL('../writer.worker.js', import.meta.url).href,
      workerData: of,
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: DEFAULT_LIMITS.queue,
      // A thread that waits in Atomics.wait() could not go on with the batches that it has begun.
      atomics: 'disabled',
    });
  }

  /** Resolves once the thread has opened the file. */
  static async open(
    of: { file: string; turns: SharedArrayBuffer },
    doorbell: Doorbell,
  ): Promise<SqliteWriter> {
    const writer = new SqliteWriter(of, doorbell);
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

  override observe(observer: (commit: Commit) => void): void {
    this.told = observer;
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
    const answer = (await this.thread.run(undefined, { name: 'state' })) as Settled<WriterState>;
    if ('error' in answer) throw errorFrom(answer.error);
    return answer.value;
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
      const { outcomes, position, commits } = (await this.thread.run(commands, { name: 'write' })) as Carried;
      this.doorbell.ring(position);
      for (const commit of commits) this.told(commit);
      for (const [i, outcome] of outcomes.entries()) settle(together[i] as Waiting, outcome);
    } catch (cause) {
      // The thread itself has failed: whether its last commit was made is unknown, so a retry needs its key.
      for (const { reject } of together) reject(Unavailable.database(cause));
    } finally {
      this.unanswered -= together.length;
    }
  }
}

const nothing = (): void => undefined;

function settle({ resolve, reject }: Waiting, outcome: Settled<Written>): void {
  if ('value' in outcome) resolve(outcome.value);
  else reject(errorFrom(outcome.error));
}
