import type { JobKind } from '../error-codes.js';
import { NotFound, Refused, StoreError, Unavailable, Unexpected } from '../errors.js';
import { newId } from '../events/uuid.js';
import type { JobContext } from './job-context.js';

/** Ended jobs kept in memory, per kind; the oldest are dropped. */
const MAX_ENDED_JOBS = 50;

export type JobState = 'running' | 'done' | 'failed' | 'cancelled';

/** A long-running operation that this process has started. */
export interface Job<T> {
  readonly id: string;
  readonly startedAt: number;
  state: JobState;
  done: number;
  total: number;
  endedAt?: number;
  result?: T;
  error?: StoreError;
}

/** The jobs of one kind in this process. One runs at a time; each can be followed and cancelled. */
export class Jobs<T> {
  private readonly jobs = new Map<string, Job<T>>();
  private stopping = false;
  private running: { job: Job<T>; abort: AbortController; ended: Promise<void> } | undefined;

  /** Called with the error of each job that failed. */
  onFailed: ((error: StoreError) => void) | undefined;

  constructor(readonly kind: JobKind) {}

  /** Starts a job. Throws Refused while another job of this kind runs. */
  start(work: (context: Required<JobContext>, id: string) => Promise<T>): Job<T> {
    if (this.running) throw jobRuns(this.kind, this.running.job.id);
    const job: Job<T> = { id: newId(), startedAt: Date.now(), state: 'running', done: 0, total: 0 };
    this.forgetOldest();
    this.jobs.set(job.id, job);
    const abort = new AbortController();
    const ended = this.run(job, work, abort.signal);
    this.running = { job, abort, ended };
    return job;
  }

  /** Throws NotFound. */
  get(id: string): Job<T> {
    const job = this.jobs.get(id);
    if (!job) throw noSuchJob(this.kind, id);
    return job;
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Newest first. */
  list(): Job<T>[] {
    return [...this.jobs.values()].toReversed();
  }

  async whenEnded(job: Job<T>): Promise<void> {
    if (this.running?.job === job) await this.running.ended;
  }

  /** Returns the job when it has ended. */
  async ended(job: Job<T>): Promise<Job<T>> {
    await this.whenEnded(job);
    return job;
  }

  /** Cancels the job if it is still running, and resolves when it has ended. Throws NotFound. */
  async cancel(id: string): Promise<Job<T>> {
    const job = this.get(id);
    if (this.running?.job === job) this.running.abort.abort();
    await this.whenEnded(job);
    return job;
  }

  /** Cancels the running job, if any, because the service stops. */
  async close(): Promise<void> {
    this.stopping = true;
    if (this.running) await this.cancel(this.running.job.id);
  }

  private async run(
    job: Job<T>,
    work: (context: Required<JobContext>, id: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<void> {
    const progress = (done: number, total: number) => Object.assign(job, { done, total });
    try {
      job.result = await work({ progress, signal }, job.id);
      job.state = 'done';
    } catch (error) {
      job.state = signal.aborted ? 'cancelled' : 'failed';
      if (!signal.aborted) job.error = error instanceof StoreError ? error : Unexpected.from(error);
      else if (this.stopping) job.error = Unavailable.stopping();
    } finally {
      job.endedAt = Date.now();
      this.running = undefined;
      if (job.state === 'failed' && job.error) this.onFailed?.(job.error);
    }
  }

  private forgetOldest(): void {
    for (const id of this.jobs.keys()) {
      if (this.jobs.size <= MAX_ENDED_JOBS) return;
      this.jobs.delete(id);
    }
  }
}

/** The speed of a job, in units of its `done` counter, and its estimated remaining time. */
export function rateOf(job: Job<unknown>): { perSecond: number; etaSeconds: number | null } {
  const seconds = ((job.endedAt ?? Date.now()) - job.startedAt) / 1_000;
  const perSecond = seconds > 0 ? Math.round(job.done / seconds) : 0;
  if (job.endedAt !== undefined) return { perSecond, etaSeconds: 0 };
  return { perSecond, etaSeconds: perSecond > 0 ? Math.ceil((job.total - job.done) / perSecond) : null };
}

function jobRuns(kind: JobKind, id: string): Refused {
  return new Refused(
    `${kind}.running`,
    `The ${kind} ${id} is already running; wait for it or cancel it first.`,
  );
}

function noSuchJob(kind: JobKind, id: string): NotFound {
  return new NotFound(
    `${kind}.not-found`,
    `There is no ${kind} ${id}; jobs from before the last restart are not kept.`,
  );
}
