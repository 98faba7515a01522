import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { JobKind } from '../../error-codes.js';
import { NotFound } from '../../errors.js';
import { Scoped } from '../../http/access/scoped.js';
import { valid } from '../../http/valid.pipe.js';
import { Backups } from '../../operations/backup/backups.js';
import type { Job, Jobs } from '../../operations/jobs.js';
import { Rebuilds } from '../../operations/rebuild/rebuilds.js';
import { Retention } from '../../operations/retention/retention.js';
import { Verifications } from '../../operations/verify/verifications.js';
import { JobAnswer, JobListAnswer, JobPath } from './jobs.dto.js';

/** One list of all long work, so that an operator can end what nobody follows any more. */
@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/jobs')
export class JobsController {
  private readonly kinds: readonly Jobs<unknown>[];

  constructor(backups: Backups, rebuilds: Rebuilds, verifications: Verifications, retention: Retention) {
    this.kinds = [
      backups.jobs,
      backups.drills,
      backups.rewritings.jobs,
      rebuilds.jobs,
      verifications.jobs,
      retention.jobs,
    ];
  }

  /** Lists the backups, drills, rewritings, rebuilds, verifications and runs of retention of this process. */
  @Get()
  @ApiOkResponse({ type: JobListAnswer })
  list(): JobListAnswer {
    const all = this.kinds.flatMap((jobs) => jobs.list().map((job) => ({ job, kind: jobs.kind })));
    const newestFirst = all.toSorted((a, b) => b.job.startedAt - a.job.startedAt);
    return {
      items: [...newestFirst.filter(isRunning), ...newestFirst.filter((each) => !isRunning(each))].map(
        ({ job, kind }) => jobAnswer(kind, job),
      ),
    };
  }

  /** Cancels a running job of any kind, and answers when it has ended. */
  @Delete(':jobId')
  @ApiOkResponse({ type: JobAnswer })
  async cancel(@Param(valid(JobPath)) { jobId }: JobPath): Promise<JobAnswer> {
    const jobs = this.kinds.find((each) => each.list().some(({ id }) => id === jobId));
    if (!jobs) throw noSuchJob(jobId);
    return jobAnswer(jobs.kind, await jobs.cancel(jobId));
  }
}

function isRunning({ job }: { job: Job<unknown> }): boolean {
  return job.state === 'running';
}

function noSuchJob(jobId: string): NotFound {
  return new NotFound(
    'job.not-found',
    `There is no job ${jobId} in this process; GET /v1/ops/jobs lists them.`,
  );
}

function jobAnswer(
  kind: JobKind,
  { id, state, startedAt, endedAt, done, total, error }: Job<unknown>,
): JobAnswer {
  return {
    jobId: id,
    kind,
    state,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    done,
    total,
    error: error ? { code: error.code, message: error.message } : null,
  };
}
