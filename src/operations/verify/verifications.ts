import { inThread } from '../in-thread.js';
import type { JobContext } from '../job-context.js';
import { Jobs, type Job } from '../jobs.js';
import type { VerificationInput } from '../loss/verify-with-backups.js';
import type { Anchor } from './verify-log.js';
import type { VerifyReport } from './verify-store.js';

/** Verifies a store in its own thread, while a service may be using the store. */
export async function runVerification(input: VerificationInput, context?: JobContext): Promise<VerifyReport> {
  return inThread('verify', input, context);
}

export class Verifications {
  readonly jobs = new Jobs<VerifyReport>('verification');
  /** Called with each verification that has ended. */
  onEnded: ((job: Job<VerifyReport>) => void) | undefined;

  constructor(
    private readonly store: Pick<VerificationInput, 'address' | 'folder'>,
    private readonly anchors: () => Promise<Anchor[]>,
  ) {}

  /** Starts a verification. Throws Refused while another one runs. */
  start(): Job<VerifyReport> {
    const job = this.jobs.start(async (context) =>
      runVerification({ ...this.store, anchors: await this.anchors() }, context),
    );
    void this.jobs.whenEnded(job).then(() => this.onEnded?.(job));
    return job;
  }

  /** Throws NotFound. */
  get(id: string): Job<VerifyReport> {
    return this.jobs.get(id);
  }

  /** Throws NotFound. */
  cancel(id: string): Promise<Job<VerifyReport>> {
    return this.jobs.cancel(id);
  }

  /** The newest verification that ran to its end. */
  get last(): Job<VerifyReport> | undefined {
    return this.jobs.list().find(({ state }) => state === 'done');
  }

  close(): Promise<void> {
    return this.jobs.close();
  }
}
