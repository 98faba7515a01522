import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { WriterHealth } from './writer-health.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly writer: WriterHealth,
  ) {}

  /** The process answers. */
  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.indicators.check('process').up({ uptimeSeconds: Math.round(process.uptime()) }),
    ]);
  }

  /** Commands and reads can be taken: the database is migrated and writable, and every projection is at the head. */
  @Get('ready')
  @HealthCheck()
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    try {
      return await this.health.check([
        () => this.writer.isWritable('database'),
        () => this.writer.areAtHead('projections'),
      ]);
    } catch (error) {
      // Says which part is down, and why: for whoever operates it, that is the answer.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.code(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }
}
