import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { valid } from '../../http/valid.pipe.js';
import { Backups } from '../../operations/backup/backups.js';
import type { RewriteReport } from '../../operations/copies/rewrite-copies.js';
import type { Job } from '../../operations/jobs.js';
import { RewritingAnswer, RewritingBegun, RewritingPath } from './rewritings.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/rewritings')
export class RewritingsController {
  constructor(private readonly backups: Backups) {}

  /**
   * Starts a rewriting of the backups without erased users.
   * @remarks The service does this by itself after each erasure and at its start; what was done is not done
   * again.
   */
  @Post()
  @HttpCode(202)
  @MayRefuse(409)
  @ApiAcceptedResponse({ type: RewritingBegun })
  begin(): RewritingBegun {
    return { rewritingId: this.backups.rewritings.start().id };
  }

  /** Returns a rewriting of this process, and which files it has written again. */
  @Get(':rewritingId')
  @ApiOkResponse({ type: RewritingAnswer })
  get(@Param(valid(RewritingPath)) { rewritingId }: RewritingPath): RewritingAnswer {
    return rewritingAnswer(this.backups.rewritings.jobs.get(rewritingId));
  }

  /** Cancels a running rewriting. Each file is as it was, or rewritten; the next rewriting goes on. */
  @Delete(':rewritingId')
  @ApiOkResponse({ type: RewritingAnswer })
  async cancel(@Param(valid(RewritingPath)) { rewritingId }: RewritingPath): Promise<RewritingAnswer> {
    return rewritingAnswer(await this.backups.rewritings.jobs.cancel(rewritingId));
  }
}

function rewritingAnswer({ id, state, done, total, result, error }: Job<RewriteReport>): RewritingAnswer {
  return {
    rewritingId: id,
    state,
    done,
    total,
    erasures: result?.erasures ?? null,
    rewritten: result?.rewritten ?? [],
    unreached: result?.unreached ?? [],
    error: error ? { code: error.code, message: error.message } : null,
  };
}
