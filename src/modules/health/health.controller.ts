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
import { FromCaller } from '../../http/access/caller.js';
import { NeedsNoKey } from '../../http/access/scoped.js';
import type { Caller } from '../../store/keys/access-key.js';
import { Store } from '../../store/store.js';
import { BackupHealth } from './backup-health.js';
import { statesOnly, TenantsHealth } from './tenants-health.js';
import { WriterHealth } from './writer-health.js';

@ApiTags('health')
@NeedsNoKey()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly writer: WriterHealth,
    private readonly backupHealth: BackupHealth,
    private readonly tenants: TenantsHealth,
    private readonly store: Store,
  ) {}

  /** Reports that the process answers. */
  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.indicators.check('process').up({ uptimeSeconds: Math.round(process.uptime()) }),
    ]);
  }

  /**
   * Reports whether the service takes commands and reads.
   * @remarks The database must be migrated and writable, and every projection at the head of the log. `clock`
   * is for information: how far the service's clock is behind the last event, and how often it was moved. Once
   * the store has keys of tenants, only who has a key gets more than the states.
   */
  @Get('ready')
  @HealthCheck()
  ready(
    @Res({ passthrough: true }) reply: FastifyReply,
    @FromCaller() caller: Caller | null,
  ): Promise<HealthCheckResult> {
    return this.checked(reply, caller, [
      () => this.writer.isWritable('database'),
      () => this.writer.areAtHead('projections'),
      () => this.writer.clock('clock'),
      () => this.backupHealth.areKnownMissing('log'),
    ]);
  }

  /**
   * Reports whether backups and drills succeed, and whether the log has lost events that they show.
   * @remarks Separate from `ready`: a store whose backup failed must keep serving while a person is alerted.
   */
  @Get('backups')
  @HealthCheck()
  backups(
    @Res({ passthrough: true }) reply: FastifyReply,
    @FromCaller() caller: Caller | null,
  ): Promise<HealthCheckResult> {
    return this.checked(reply, caller, [
      () => this.backupHealth.isComplete('log'),
      () => this.backupHealth.isBackedUp('backup'),
      () => this.backupHealth.isShipped('continuous'),
      () => this.backupHealth.isRestorable('drill'),
      ...this.tenants.checks(this.indicators, 'tenants'),
    ]);
  }

  private async checked(
    reply: FastifyReply,
    caller: Caller | null,
    checks: HealthIndicatorFunction[],
  ): Promise<HealthCheckResult> {
    const result = await this.outcome(reply, checks);
    return caller === null && this.store.keys.hasTenants ? statesOnly(result) : result;
  }

  private async outcome(reply: FastifyReply, checks: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    try {
      return await this.health.check(checks);
    } catch (error) {
      // An operator needs the answer of the checks: it names the part that is down and the reason.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.code(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }
}
