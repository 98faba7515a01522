import { PROJECTIONS } from '../../projections/projection-catalog.js';
import type { Reads } from '../../projections/reads/reads.js';
import type { DatabaseAddress } from '../../store/database-address.js';
import type { JobContext } from '../job-context.js';
import { Jobs, type Job } from '../jobs.js';
import { rebuildInThread } from './rebuild-in-thread.js';
import type { RebuildReport } from './rebuild.js';
import type { RebuildInput } from './run-rebuild.js';

interface Rebuildable {
  address: DatabaseAddress;
  reads: Reads;
}

/** The rebuilds of this process. Operators start them, and so does Upkeep when rows have another version. */
export class Rebuilds {
  readonly jobs = new Jobs<RebuildReport>('rebuild');
  /** Input of the newest rebuild. */
  private lastInput: Omit<RebuildInput, 'address'> | undefined;
  /** Called with each rebuild that has ended. */
  onEnded: ((job: Job<RebuildReport>) => void) | undefined;

  constructor(private readonly store: Rebuildable) {}

  /** Starts a rebuild. Throws Refused while another one runs. */
  start(input: Omit<RebuildInput, 'address'>): Job<RebuildReport> {
    const job = this.jobs.start((context) => this.run(input, context));
    this.lastInput = input;
    void this.jobs.whenEnded(job).then(() => this.onEnded?.(job));
    return job;
  }

  /** Throws NotFound. */
  get(id: string): Job<RebuildReport> {
    return this.jobs.get(id);
  }

  /** Throws NotFound. */
  cancel(id: string): Promise<Job<RebuildReport>> {
    return this.jobs.cancel(id);
  }

  /** Whether this process is rebuilding the projection. */
  isRebuilding(name: string): boolean {
    return this.running !== undefined && (this.lastInput?.projections?.includes(name) ?? true);
  }

  get running(): Job<RebuildReport> | undefined {
    return this.jobs.list().find(({ state }) => state === 'running');
  }

  async whenEnded(job: Job<RebuildReport>): Promise<Job<RebuildReport>> {
    await this.jobs.whenEnded(job);
    return job;
  }

  async close(): Promise<void> {
    await this.jobs.close();
  }

  private async run(input: Omit<RebuildInput, 'address'>, context: JobContext): Promise<RebuildReport> {
    const { address, reads } = this.store;
    const rebuilt = await rebuildInThread({ address, ...input }, context);
    // A thread's last progress report may arrive after its result.
    context.progress?.(rebuilt.events, rebuilt.events);
    for (const name of rebuilt.swapped) reads.gate.open(name);
    for (const { projection } of rebuilt.failed) this.closeFailed(projection);
    return rebuilt;
  }

  /** Marks a closed projection as failed. Rows of the current version are not closed and stay readable. */
  private closeFailed(name: string): void {
    const projection = PROJECTIONS.find((each) => each.name === name);
    if (projection && this.store.reads.gate.whyClosed(name))
      this.store.reads.gate.close(projection, 'failed');
  }
}
