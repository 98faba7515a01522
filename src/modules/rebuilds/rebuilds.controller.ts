import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { valid, validIfSent } from '../../http/valid.pipe.js';
import { rateOf, type Job } from '../../operations/jobs.js';
import type { RebuildReport } from '../../operations/rebuild/rebuild.js';
import { Rebuilds } from '../../operations/rebuild/rebuilds.js';
import { differenceAnswer } from '../row-differences.js';
import { RebuildAnswer, RebuildBody, RebuildPath, RebuildStarted } from './rebuilds.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/rebuilds')
export class RebuildsController {
  constructor(private readonly rebuilds: Rebuilds) {}

  /** Starts a rebuild: new tables are filled from the log, while the live ones answer until the swap. */
  @Post()
  @HttpCode(202)
  @MayRefuse(409)
  @ApiBody({ type: RebuildBody, required: false })
  @ApiAcceptedResponse({ type: RebuildStarted })
  start(@Body(validIfSent(RebuildBody)) body: RebuildBody): RebuildStarted {
    return { rebuildId: this.rebuilds.start(body).id };
  }

  /** Returns a rebuild: its progress or its outcome. */
  @Get(':rebuildId')
  @ApiOkResponse({ type: RebuildAnswer })
  get(@Param(valid(RebuildPath)) { rebuildId }: RebuildPath): RebuildAnswer {
    return rebuildAnswer(this.rebuilds.get(rebuildId));
  }

  /** Cancels a rebuild; the live tables stay as they were. */
  @Delete(':rebuildId')
  @ApiOkResponse({ type: RebuildAnswer })
  async cancel(@Param(valid(RebuildPath)) { rebuildId }: RebuildPath): Promise<RebuildAnswer> {
    return rebuildAnswer(await this.rebuilds.cancel(rebuildId));
  }
}

function rebuildAnswer(job: Job<RebuildReport>): RebuildAnswer {
  const { result } = job;
  const { perSecond, etaSeconds } = rateOf(job);
  return {
    rebuildId: job.id,
    state: stateOf(job),
    done: job.done,
    total: job.total,
    eventsPerSecond: perSecond,
    etaSeconds,
    position: result?.position ?? null,
    swapped: result?.swapped ?? [],
    failed: result?.failed ?? [],
    differences: (result?.differences ?? []).map(({ name, rows, differences, firstDifferences }) => ({
      name,
      rows,
      differences,
      firstDifferences: firstDifferences.map(differenceAnswer),
    })),
    ...failureOf(job),
  };
}

function failureOf({ error }: Job<RebuildReport>): Pick<RebuildAnswer, 'error' | 'errorCode'> {
  return error ? { error: error.message, errorCode: error.code } : { error: null, errorCode: null };
}

function stateOf({ state, result }: Job<RebuildReport>): string {
  if (state !== 'done') return state;
  return result && result.failed.length > 0 ? 'failed' : 'swapped';
}
