import { IsId } from '../../validation/fields.js';

/** Path parameters of a route for one job. */
export class JobPath {
  @IsId()
  jobId: string;
}

/** Why a job failed, or was cancelled by the service's stop. */
export class JobFailureAnswer {
  code: string;
  message: string;
}

/** A backup, drill, rewriting, rebuild, verification or run of retention of this process. */
export class JobAnswer {
  /** The id under which the job's own routes know it. */
  jobId: string;
  /** backup, drill, rewriting, rebuild, verification or retention. */
  kind: string;
  /** running, done, failed or cancelled. */
  state: string;
  startedAt: string;
  /** Null while it runs. */
  endedAt: string | null;
  /** Progress, of `total`: in bytes or events. */
  done: number;
  total: number;
  error: JobFailureAnswer | null;
}

/** The jobs of this process: the running ones, then the ended ones; each newest first. */
export class JobListAnswer {
  items: JobAnswer[];
}
