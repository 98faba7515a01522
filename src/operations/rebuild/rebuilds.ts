import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Reads } from '../../projections/reads/reads.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import type { JobContext } from '../job-context.js';
import { Jobs, type Job } from '../jobs.js';
import { rebuildInThread } from './rebuild-in-thread.js';
import type { Rebuilt } from './rebuild.js';
import type { RebuildInput } from './run-rebuild.js';

/** What a rebuild needs of the running store. */
interface Rebuildable {
  address: DatabaseAddress;
  reads: Reads;
}

/** Rebuilds of this process: begun by operators, or by Upkeep where rows are of another version of the folds. */
export class Rebuilds {
  private readonly jobs = new Jobs<Rebuilt>('rebuild');
  /** What the last one was asked to rebuild. */
  private asked: Omit<RebuildInput, 'address'> | undefined;
  /** Told of each that has ended. */
  onEnded: ((job: Job<Rebuilt>) => void) | undefined;

  constructor(private readonly store: Rebuildable) {}

  /** Throws Refused while another runs. */
  start(asked: Omit<RebuildInput, 'address'>): Job<Rebuilt> {
    const job = this.jobs.start((context) => this.run(asked, context));
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

  /** Resolves when the job has ended. */
  async ended(job: Job<Rebuilt>): Promise<Job<Rebuilt>> {
    await this.jobs.ended(job);
    return job;
  }

  async close(): Promise<void> {
    await this.jobs.close();
  }

  private async run(asked: Omit<RebuildInput, 'address'>, context: JobContext): Promise<Rebuilt> {
    const { address, reads } = this.store;
    const rebuilt = await rebuildInThread({ address, ...asked }, context);
    // What a thread says last may come after its result.
    context.progress?.(rebuilt.events, rebuilt.events);
    for (const name of rebuilt.swapped) reads.gate.open(name);
    for (const { projection } of rebuilt.failed) this.closeFailed(projection);
    return rebuilt;
  }

  /** Rows of the present version stay readable: only what cannot be brought up to date is closed. */
  private closeFailed(name: string): void {
    const projection = PROJECTIONS.find((each) => each.name === name);
    if (projection && this.store.reads.gate.closed(name)) this.store.reads.gate.close(projection, 'failed');
  }
}
