import { DamagedDatabase, DiskFailure, StoreError, Unavailable, Unexpected } from '../errors.js';
import type { Doorbell } from '../events/log/doorbell.js';
import { untilLoaded, type EventLog, type LogTransaction } from '../events/log/event-log.js';
import { ClockWatch, type ClockFault, type ClockState } from './clock-watch.js';
import { WriteBatch, type WriteParts } from './write-batch.js';
import type { WriteCommand, Written } from './write-command.js';

/** Limits of the writer. */
export interface WriterLimits {
  /** Most commands in one commit. */
  batch: number;
  /** Milliseconds of deciding after which a batch takes no further command. */
  batchMs: number;
  /** Most waiting commands; further ones are refused with 503. */
  queue: number;
}

/** The limits in production. */
export const DEFAULT_LIMITS: WriterLimits = { batch: 256, batchMs: 10, queue: 4_096 };

/** The writer's dependencies besides the log. */
export interface WriterParts extends WriteParts {
  /** Ms since 1970 UTC. */
  clock: () => number;
  /** Ms since any start, from a clock that is never set; that of the process by default. */
  monotonic?: () => number;
  /** Rung after each commit with the head position. */
  doorbell?: Doorbell;
}

/** Measurements of a commit. */
export interface Commit {
  /** Commands that shared it, including refused ones. */
  commands: number;
  /** Events that it appended. */
  events: number;
  /** Milliseconds from the request for the transaction until the commit was on disk. */
  ms: number;
  /** What was wrong with the clock, if anything new. */
  clock?: ClockFault | undefined;
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

/** What a commit needs once it is on disk; both times in ms since 1970 UTC. */
interface Committed extends Decided {
  /** What the clock showed. */
  now: number;
  /** `recordedAt` of the last event before the commit. */
  recordedAt: number;
}

const nothing = (): void => undefined;

/**
 * How long readiness reports a failed commit, ms. It must expire: a process taken out of rotation gets no
 * command whose commit could succeed.
 */
const FAILED_COMMIT_MS = 10_000;

/**
 * The only way into the log. Commands that arrive in one turn of the event loop, or while a commit runs,
 * share the next commit and its fsync. Each is answered after that commit; a refused command affects no
 * other.
 */
export class EventWriter {
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | undefined;
  private stopping = false;
  private commitListener: (commit: Commit) => void = nothing;
  private readonly clock: ClockWatch;
  private lastFailure: { why: string; at: number } | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly parts: WriterParts,
    private readonly limits: WriterLimits = DEFAULT_LIMITS,
  ) {
    this.clock = new ClockWatch(parts.clock, parts.monotonic ?? (() => performance.now()));
  }

  /** Number of commands that are not answered yet. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Why the last commit failed on the disk; undefined if it did not, or after FAILED_COMMIT_MS. */
  get unwritable(): string | undefined {
    return this.lastFailure && performance.now() - this.lastFailure.at < FAILED_COMMIT_MS
      ? this.lastFailure.why
      : undefined;
  }

  /** Returns the state of the clock. `recordedAt` is that of the log's last event. */
  clockState(recordedAt: number): ClockState {
    return this.clock.state(recordedAt);
  }

  /** Sets the one listener, called for every commit before its commands are answered; it must not throw. */
  onCommit(listener: (commit: Commit) => void): void {
    this.commitListener = listener;
  }

  /** Resolves once the command's events are on disk; rejects with its refusal or with Unavailable. */
  write(command: WriteCommand): Promise<Written> {
    if (this.stopping) return Promise.reject(Unavailable.stopping());
    if (this.waiting.length >= this.limits.queue)
      return Promise.reject(Unavailable.busy(this.waiting.length));
    return new Promise((resolve, reject) => {
      this.waiting.push({ command, resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  /** Accepts no further commands; resolves when all waiting commands are answered. */
  async close(): Promise<void> {
    this.stopping = true;
    await this.flushing;
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      // Lets the commands of all requests that have already arrived join this commit.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = this.waiting.slice(0, this.limits.batch);
      const answered = await this.commit(batch);
      this.waiting.splice(0, answered);
    }
    this.flushing = undefined;
  }

  /** Commits a batch and returns how many of its commands, from the first, were answered. */
  private async commit(batch: readonly Waiting[]): Promise<number> {
    const startedAt = performance.now();
    let committed: Committed;
    try {
      committed = await this.transaction(batch);
    } catch (error) {
      // No command is to blame for a database that cannot be locked or written, and a retry of each would
      // only delay all of them. A commit whose outcome is unknown may only be retried by the clients, with
      // their keys.
      const isDatabaseFault = error instanceof Unavailable || error instanceof DamagedDatabase;
      const retryOneByOne = batch.length > 1 && !isDatabaseFault;
      if (error instanceof DiskFailure) this.lastFailure = { why: error.message, at: performance.now() };
      if (retryOneByOne) await this.oneByOne(batch);
      else for (const waiting of batch) answer(waiting, { error: toStoreError(error) });
      return batch.length;
    }
    this.lastFailure = undefined;
    const { writes, outcomes, now, recordedAt } = committed;
    // Asked only now: each fault is reported once, so not by a commit that fails.
    const clock = this.clock.fault(now, recordedAt);
    this.parts.doorbell?.ring(writes.position);
    this.commitListener({
      commands: outcomes.length,
      events: writes.events,
      ms: performance.now() - startedAt,
      ...(clock && { clock }),
    });
    for (const [i, outcome] of outcomes.entries()) answer(batch[i] as Waiting, outcome);
    return outcomes.length;
  }

  /** After an unexpected failure of a batch, commits each command alone: only the faulty one fails. */
  private async oneByOne(batch: readonly Waiting[]): Promise<void> {
    for (const waiting of batch) await this.commit([waiting]);
  }

  private transaction(batch: readonly Waiting[]): Promise<Committed> {
    return this.log.transaction(async (transaction) => {
      const now = this.clock.read();
      const { recordedAt } = transaction.head;
      let decided = await untilLoaded(transaction, () => this.decide(transaction, batch, now));
      if (decided.writes.isBehind && (await this.catchUp(transaction)))
        decided = await untilLoaded(transaction, () => this.decide(transaction, batch, now));
      await decided.writes.flush();
      return { ...decided, now, recordedAt };
    });
  }

  /** Folds before it counts: the counts read what the folds made. Returns false if nothing has changed. */
  private async catchUp(transaction: LogTransaction): Promise<boolean> {
    const { folds, usage } = this.parts;
    const hasFolded = await folds.catchUpInline(transaction);
    return (await usage?.catchUp(transaction)) === true || hasFolded;
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
    return { error: toStoreError(error) };
  }
}

function answer(waiting: Waiting, outcome: Outcome): void {
  if ('written' in outcome) waiting.resolve(outcome.written);
  else waiting.reject(outcome.error);
}

function toStoreError(error: unknown): StoreError {
  return error instanceof StoreError ? error : Unexpected.from(error);
}
