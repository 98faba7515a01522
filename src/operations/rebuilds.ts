import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../errors.js';
import { checkpointsTable } from '../events/log/log-tables.js';
import { PROJECTIONS } from '../projections/projection-catalog.js';
import type { Reads } from '../projections/reads.js';
import type { Rebuilt } from '../projections/rebuild.js';
import type { DatabaseAddress } from '../store/database-address.js';
import { Jobs, type Job } from './jobs.js';
import { rebuildInThread } from './rebuild-in-thread.js';
import type { RebuildInput } from './run-rebuild.js';
import type { Watched } from './watched.js';

/** How often is looked whether another process has rebuilt what cannot be read here. */
const LOOK_MS = 1_000;

/** What a rebuild needs of the running store. */
interface Rebuildable {
  address: DatabaseAddress;
  reads: Reads;
}

/** Rebuilds of this process: begun by operators, or by itself where rows are of another version of the folds. */
export class Rebuilds {
  private readonly jobs = new Jobs<Rebuilt>('rebuild');
  private readonly stopped = new AbortController();
  /** What the last one was asked to rebuild. */
  private asked: Omit<RebuildInput, 'address'> | undefined;
  /** Told of each that has ended. */
  onEnded: ((job: Job<Rebuilt>) => void) | undefined;

  constructor(private readonly store: Rebuildable) {}

  /** Throws Refused while another runs. */
  start(asked: Omit<RebuildInput, 'address'>): Job<Rebuilt> {
    const job = this.jobs.start((watched) => this.run(asked, watched));
    this.asked = asked;
    void this.jobs.ended(job).then(() => this.onEnded?.(job));
    return job;
  }

  /** Throws NotFound. */
  get(id: string): Job<Rebuilt> {
    return this.jobs.get(id);
  }

  /** Throws NotFound. */
  cancel(id: string): Promise<Job<Rebuilt>> {
    return this.jobs.cancel(id);
  }

  /** Whether new rows of the projection are being made in this process. */
  isRebuilding(name: string): boolean {
    return this.running !== undefined && (this.asked?.projections?.includes(name) ?? true);
  }

  /** The rebuild that goes on now. */
  get running(): Job<Rebuilt> | undefined {
    return this.jobs.list().find(({ state }) => state === 'running');
  }

  /**
   * Sees to it that what was found with rows of another version becomes readable: rebuilds it, or waits for another
   * process that does. Resolves when nothing is left to wait for.
   */
  async bringUpToDate(): Promise<void> {
    const { gate } = this.store.reads;
    for (;;) {
      const waiting = gate.allClosed.filter((name) => gate.closed(name) === 'rebuilding');
      if (waiting.length === 0 || this.stopped.signal.aborted) return;
      if (!this.running) await this.wait(this.start({ projections: waiting }));
      await this.openRebuilt();
      if (gate.allClosed.some((name) => gate.closed(name) === 'rebuilding')) await this.pause();
    }
  }

  async close(): Promise<void> {
    this.stopped.abort();
    await this.jobs.close();
  }

  private async run(asked: Omit<RebuildInput, 'address'>, watched: Watched): Promise<Rebuilt> {
    const { address, reads } = this.store;
    const rebuilt = await rebuildInThread({ address, ...asked }, watched);
    // What a thread says last may come after its result.
    watched.progress?.(rebuilt.events, rebuilt.events);
    for (const name of rebuilt.swapped) reads.gate.open(name);
    for (const { projection } of rebuilt.failed) this.closeFailed(projection);
    return rebuilt;
  }

  /** Rows of the present version stay readable: only what cannot be brought up to date is closed. */
  private closeFailed(name: string): void {
    const projection = PROJECTIONS.find((each) => each.name === name);
    if (projection && this.store.reads.gate.closed(name)) this.store.reads.gate.close(projection, 'failed');
  }

  private async wait(job: Job<Rebuilt>): Promise<void> {
    await this.jobs.ended(job);
    // Another process rebuilds: it is waited for. Anything else is in the job for whoever asks.
    if (job.state === 'failed' && !(job.error instanceof Refused)) await this.pause();
  }

  private async pause(): Promise<void> {
    await pause(LOOK_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }

  /** Opens what another process has rebuilt. */
  private async openRebuilt(): Promise<void> {
    const { reads } = this.store;
    for (const { name, version } of PROJECTIONS) {
      if (reads.gate.closed(name) === undefined) continue;
      const checkpoint = await reads.get(checkpointsTable, name);
      if (checkpoint?.version === version && reads.gate.closed(name) === 'rebuilding') reads.gate.open(name);
    }
  }
}
