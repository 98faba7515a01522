import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DAY_MS } from '../../durations.js';
import { Scoped } from '../../http/access/scoped.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { valid } from '../../http/valid.pipe.js';
import type { Job } from '../../operations/jobs.js';
import type { RetentionPolicy } from '../../operations/retention/retention-policy.js';
import type { RetentionReport } from '../../operations/retention/retention-report.js';
import { Retention } from '../../operations/retention/retention.js';
import {
  RetentionAnswer,
  RetentionBegun,
  RetentionPath,
  RetentionRunAnswer,
  StartRetentionBody,
  type RetentionPolicyAnswer,
} from './retention.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/retention')
export class RetentionController {
  constructor(private readonly retention: Retention) {}

  /** Returns the policy, the last run of whichever process, and when the next one is. */
  @Get()
  @ApiOkResponse({ type: RetentionAnswer })
  async get(): Promise<RetentionAnswer> {
    const { policy, schedule } = this.retention.settings;
    const remembered = await this.retention.remembered();
    const last = remembered && { ...remembered.last, at: new Date(remembered.markedAt).toISOString() };
    return {
      policy: policyAnswer(policy),
      schedule: schedule ?? null,
      nextRun: this.retention.nextRun()?.toISOString() ?? null,
      lastRun: last ? withoutKind(last) : null,
    };
  }

  /**
   * Starts a run: what is older than the policy lets it be is erased for good. `dryRun: true` erases nothing, and
   * counts what would be.
   */
  @Post()
  @HttpCode(202)
  @MayRefuse(409)
  @ApiAcceptedResponse({ type: RetentionBegun })
  begin(@Body(valid(StartRetentionBody)) { dryRun = false }: StartRetentionBody): RetentionBegun {
    return { retentionId: (dryRun ? this.retention.startDryRun() : this.retention.start()).id };
  }

  /** Returns a run of this process, and what it has erased or would erase. */
  @Get(':retentionId')
  @ApiOkResponse({ type: RetentionRunAnswer })
  run(@Param(valid(RetentionPath)) { retentionId }: RetentionPath): RetentionRunAnswer {
    return runAnswer(this.retention.jobs.get(retentionId));
  }

  /** Cancels a run. What it has erased is gone; the next run goes on. */
  @Delete(':retentionId')
  @ApiOkResponse({ type: RetentionRunAnswer })
  async cancel(@Param(valid(RetentionPath)) { retentionId }: RetentionPath): Promise<RetentionRunAnswer> {
    return runAnswer(await this.retention.jobs.cancel(retentionId));
  }
}

function runAnswer({ id, state, done, total, result, error }: Job<RetentionReport>): RetentionRunAnswer {
  return {
    retentionId: id,
    state,
    done,
    total,
    isDryRun: result?.isDryRun ?? null,
    report: result ? withoutKind(result) : null,
    error: error ? { code: error.code, message: error.message } : null,
  };
}

function withoutKind<R extends { isDryRun: boolean }>(report: R): Omit<R, 'isDryRun'> {
  const { isDryRun: _kind, ...rest } = report;
  return rest;
}

function days(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / DAY_MS;
}

function policyAnswer({ turns, emotions, memories, removed, users }: RetentionPolicy): RetentionPolicyAnswer {
  return {
    turns: days(turns),
    emotions: days(emotions),
    memories:
      memories === undefined
        ? null
        : Object.fromEntries(Object.entries(memories).map(([type, ms]) => [type, ms / DAY_MS])),
    removed: days(removed),
    users: days(users),
  };
}
