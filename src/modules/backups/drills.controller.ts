import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { valid } from '../../http/valid.pipe.js';
import { Backups } from '../../operations/backup/backups.js';
import type { Job } from '../../operations/jobs.js';
import type { DrillProof } from '../../operations/restore/drill.js';
import { DrillAnswer, DrillBegun, DrillPath, type DrillProofAnswer } from './backups.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/drills')
export class DrillsController {
  constructor(private readonly backups: Backups) {}

  /**
   * Starts a restore drill.
   * @remarks It restores the newest backup into a scratch file to prove that it works. Nothing else changes.
   */
  @Post()
  @HttpCode(202)
  @MayRefuse(409)
  @ApiAcceptedResponse({ type: DrillBegun })
  begin(): DrillBegun {
    return { drillId: this.backups.startDrill().id };
  }

  /** Returns a drill of this process and its proof. */
  @Get(':drillId')
  @ApiOkResponse({ type: DrillAnswer })
  get(@Param(valid(DrillPath)) { drillId }: DrillPath): DrillAnswer {
    return drillAnswer(this.backups.drill(drillId));
  }

  /** Cancels a running drill. */
  @Delete(':drillId')
  @ApiOkResponse({ type: DrillAnswer })
  async cancel(@Param(valid(DrillPath)) { drillId }: DrillPath): Promise<DrillAnswer> {
    return drillAnswer(await this.backups.cancelDrill(drillId));
  }
}

function drillAnswer({ id: drillId, state, done, total, result, error }: Job<DrillProof>): DrillAnswer {
  return {
    drillId,
    state,
    done,
    total,
    proof: result ? proofAnswer(result) : null,
    error: error ? { code: error.code, message: error.message } : null,
  };
}

function proofAnswer(proof: DrillProof): DrillProofAnswer {
  const { leftOutFrom: _none, projections: _folded, ...answered } = proof;
  return answered;
}
