import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { BackupHealth } from './backup-health.js';
import { WriterHealth } from './writer-health.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly writer: WriterHealth,
    private readonly backupHealth: BackupHealth,
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
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.checked(reply, [
      () => this.writer.isWritable('database'),
      () => this.writer.areAtHead('projections'),
    ]);
  }

  /**
   * The last backup, the last drill and the continuous backup have succeeded. Apart from `ready`: a store whose backup
   * failed still has to serve, while somebody must be called.
   */
  @Get('backups')
  @HealthCheck()
  backups(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    return this.checked(reply, [
      () => this.backupHealth.isBackedUp('backup'),
      () => this.backupHealth.isShipped('continuous'),
      () => this.backupHealth.isRestorable('drill'),
    ]);
  }

  private async checked(reply: FastifyReply, checks: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    try {
      return await this.health.check(checks);
    } catch (error) {
      // Says which part is down, and why: for whoever operates it, that is the answer.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.code(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }
}
