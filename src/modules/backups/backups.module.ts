import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Backups } from '../../operations/backup/backups.js';
import { BackupMetrics } from './backup-metrics.js';
import { BackupsController } from './backups.controller.js';
import { DrillsController } from './drills.controller.js';
import { RewritingsController } from './rewritings.controller.js';

/** Backups and drills over HTTP; ends running ones when the service stops. */
@Module({ controllers: [BackupsController, DrillsController, RewritingsController] })
export class BackupsModule implements OnApplicationShutdown {
  constructor(private readonly backups: Backups) {}

  static of(backups: Backups): DynamicModule {
    return {
      module: BackupsModule,
      global: true,
      providers: [{ provide: Backups, useValue: backups }, BackupMetrics],
      exports: [Backups],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.backups.close();
  }
}
