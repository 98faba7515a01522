import { DamagedDatabase, DiskFailure, StoreError, Unavailable, Unexpected } from '../errors.js';
import type { Doorbell } from '../events/log/doorbell.js';
import { untilLoaded, type EventLog, type LogTransaction } from '../events/log/event-log.js';
import { WriteBatch, type WriteParts } from './write-batch.js';
import type { WriteCommand, Written } from './write-command.js';

/** Bounds of the writer. */
export interface WriterLimits {
  /** Commands in one commit. */
  batch: number;
  /** Milliseconds after which a batch takes no further command. */
  batchMs: number;
  /** Commands that may wait; more are refused with 503. */
  queue: number;
}

export const DEFAULT_LIMITS: WriterLimits = { batch: 256, batchMs: 10, queue: 4_096 };

/** What the writer needs besides its log. */
export interface WriterParts extends WriteParts {
  clock: () => number;
  /** Rung after each commit with where the log ends then. */
  doorbell?: Doorbell;
}

/** A commit that was made, told to whoever measures the writer. */
export interface Commit {
  /** Commands that shared it, refused ones too. */
  commands: number;
  /** Events that it appended. */
  events: number;
  /** Milliseconds from asking for the transaction until all of it was on disk. */
  ms: number;
}

interface Waiting {
  command: WriteCommand;
  resolve: (written: Written) => void;
  reject: (error: unknown) => void;
}

type Outcome = { written: Written } | { error: unknown };

interface Decided {
  writes: WriteBatch;
  outcomes: Outcome[];
}

const nothing = (): void => undefined;

/**
 * How long readiness reports a failed commit, ms. It must expire: a process taken out of rotation gets no command that
 * could succeed.
 */
const FAILED_COMMIT_MS = 10_000;

/**
 * The only way into the log. Commands that arrive during one turn of the event loop, or while a commit runs, share
 * the next commit: one fsync for all of them. Each is answered after that commit; a refused one harms no neighbour.
 */
export class EventWriter {
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | undefined;
  private stopping = false;
  private committed: (commit: Commit) => void = nothing;
  private failed: { why: string; at: number } | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly parts: WriterParts,
    private readonly limits: WriterLimits = DEFAULT_LIMITS,
  ) {}

  /** Commands that wait for the next commit. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Why the disk did not take the last commit, when that was a moment ago and none was made since. */
  get unwritable(): string | undefined {
    return this.failed && performance.now() - this.failed.at < FAILED_COMMIT_MS ? this.failed.why : undefined;
  }

  /** Calls the one listener for every commit from now on, before its commands are answered; it must not throw. */
  onCommit(listener: (commit: Commit) => void): void {
    this.committed = listener;
  }

  /** Resolves once the command's events are on disk; rejects with its refusal, or with Unavailable. */
  write(command: WriteCommand): Promise<Written> {
    if (this.stopping) return Promise.reject(Unavailable.stopping());
    if (this.waiting.length >= this.limits.queue)
      return Promise.reject(Unavailable.busy(this.waiting.length));
    return new Promise((resolve, reject) => {
      this.waiting.push({ command, resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  /** Takes no further command and resolves when all that waited are answered. */
  async close(): Promise<void> {
    this.stopping = true;
    await this.flushing;
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      // Lets every request that has already arrived join this commit.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = this.waiting.slice(0, this.limits.batch);
      const taken = await this.commit(batch);
      this.waiting.splice(0, taken);
    }
    this.flushing = undefined;
  }

  /** Answers how many commands, from the first, were dealt with. */
  private async commit(batch: readonly Waiting[]): Promise<number> {
    const begun = performance.now();
    let decided: Decided;
    try {
      decided = await this.transaction(batch);
    } catch (error) {
      // A database that cannot be locked or written is nobody's fault, and asking it again for each command would only
      // hold everyone up; nor may a commit whose outcome is unknown be tried again without its clients' keys.
      const isOfDatabase = error instanceof Unavailable || error instanceof DamagedDatabase;
      const guiltySought = batch.length > 1 && !isOfDatabase;
      if (error instanceof DiskFailure) this.failed = { why: error.message, at: performance.now() };
      if (guiltySought) await this.oneByOne(batch);
      else for (const waiting of batch) answer(waiting, { error: foreseen(error) });
      return batch.length;
    }
    this.failed = undefined;
    const { writes, outcomes } = decided;
    this.parts.doorbell?.ring(writes.position);
    this.committed({ commands: outcomes.length, events: writes.events, ms: performance.now() - begun });
    for (const [i, outcome] of outcomes.entries()) answer(batch[i] as Waiting, outcome);
    return outcomes.length;
  }

  /** After an unexpected failure of the whole: only the guilty command fails. */
  private async oneByOne(batch: readonly Waiting[]): Promise<void> {
    for (const waiting of batch) await this.commit([waiting]);
  }

  private transaction(batch: readonly Waiting[]): Promise<Decided> {
    return this.log.transaction(async (transaction) => {
      const now = this.parts.clock();
      let decided = await untilLoaded(transaction, () => this.decide(transaction, batch, now));
      if (decided.writes.isBehind && (await this.parts.folds.catchUpInline(transaction)))
        decided = await untilLoaded(transaction, () => this.decide(transaction, batch, now));
      await decided.writes.flush();
      return decided;
    });
  }

  private decide(transaction: LogTransaction, batch: readonly Waiting[], now: number): Decided {
    const writes = new WriteBatch(transaction, this.parts, now);
    const outcomes: Outcome[] = [];
    const end = performance.now() + this.limits.batchMs;
    for (const { command } of batch) {
      outcomes.push(execute(writes, command));
      if (performance.now() > end) break;
    }
    return { writes, outcomes };
  }
}

function execute(writes: WriteBatch, command: WriteCommand): Outcome {
  try {
    return { written: writes.execute(command) };
  } catch (error) {
    return { error: foreseen(error) };
  }
}

function answer(waiting: Waiting, outcome: Outcome): void {
  if ('written' in outcome) waiting.resolve(outcome.written);
  else waiting.reject(outcome.error);
}

function foreseen(error: unknown): StoreError {
  return error instanceof StoreError ? error : Unexpected.from(error);
}
