import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Scoped } from '../../http/access/scoped.js';
import { MayRefuse } from '../../http/declared-answers.js';
import { valid } from '../../http/valid.pipe.js';
import type { Job } from '../../operations/jobs.js';
import { Verifications } from '../../operations/verify/verifications.js';
import type { VerifyReport } from '../../operations/verify/verify-store.js';
import { differenceAnswer } from '../row-differences.js';
import { VerificationAnswer, VerificationPath, VerificationStarted } from './verifications.dto.js';

@ApiTags('operations')
@Scoped(['operator'])
@Controller('v1/ops/verifications')
export class VerificationsController {
  constructor(private readonly verifications: Verifications) {}

  /** Starts a verification of the whole store; the service keeps running. */
  @Post()
  @HttpCode(202)
  @MayRefuse(409)
  @ApiAcceptedResponse({ type: VerificationStarted })
  start(): VerificationStarted {
    return { verificationId: this.verifications.start().id };
  }

  /** Returns a verification: its progress or its findings. */
  @Get(':verificationId')
  @ApiOkResponse({ type: VerificationAnswer })
  get(@Param(valid(VerificationPath)) { verificationId }: VerificationPath): VerificationAnswer {
    return verificationAnswer(this.verifications.get(verificationId));
  }

  /** Cancels a verification. */
  @Delete(':verificationId')
  @ApiOkResponse({ type: VerificationAnswer })
  async cancel(
    @Param(valid(VerificationPath)) { verificationId }: VerificationPath,
  ): Promise<VerificationAnswer> {
    return verificationAnswer(await this.verifications.cancel(verificationId));
  }
}

const NO_REPORT = {
  ok: null,
  events: 0,
  position: 0,
  chainHead: null,
  positionGaps: [],
  findings: [],
  projections: [],
  skipped: [],
  ms: null,
};

function verificationAnswer({
  id,
  state,
  done,
  total,
  result,
  error,
}: Job<VerifyReport>): VerificationAnswer {
  return {
    verificationId: id,
    state,
    done,
    total,
    ...(result ? reportAnswer(result) : NO_REPORT),
    error: error?.message ?? null,
    errorCode: error?.code ?? null,
  };
}

function reportAnswer({ findings, projections, skipped, ...report }: VerifyReport) {
  return {
    ...report,
    findings: findings.map(({ position = null, ...finding }) => ({ ...finding, position })),
    projections: projections.map(({ firstDifferences, ...projection }) => ({
      ...projection,
      firstDifferences: firstDifferences.map(differenceAnswer),
    })),
    skipped: skipped.map((skip) => ({ ...skip, skippedAt: new Date(skip.skippedAt).toISOString() })),
  };
}
