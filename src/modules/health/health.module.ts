import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BackupHealth } from './backup-health.js';
import { HealthController } from './health.controller.js';
import { TenantsHealth } from './tenants-health.js';
import { WriterHealth } from './writer-health.js';

/** Liveness, readiness and backup health over HTTP. */
@Module({})
export class HealthModule {
  /** `tenantsInTrouble` counts the tenants whose backups fail; left out where there are none. */
  static of(tenantsInTrouble: (() => number) | undefined): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        WriterHealth,
        BackupHealth,
        { provide: TenantsHealth, useValue: new TenantsHealth(tenantsInTrouble) },
      ],
    };
  }
}
