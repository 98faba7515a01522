import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Backups } from '../../operations/backup/backups.js';

/** Looks at what this process knows of its backups; none at all is no failure, unless they are scheduled. */
@Injectable()
export class BackupHealth {
  constructor(
    private readonly backups: Backups,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** The last full backup did not fail. */
  async isBackedUp(key: string): Promise<HealthIndicatorResult> {
    const { lastBackup: last, backupError: why } = await this.backups.state.status();
    const check = this.indicators.check(key);
    return why === null ? check.up({ last }) : check.down({ last, why });
  }

  /** The log reaches the backup folder, where it is to do so. */
  async isShipped(key: string): Promise<HealthIndicatorResult> {
    const { shipping } = await this.backups.state.status();
    const check = this.indicators.check(key);
    if (!shipping) return check.up({ on: false });
    const { position, error: why } = shipping;
    return why === null ? check.up({ on: true, position }) : check.down({ on: true, position, why });
  }

  /** The last drill did not fail. */
  async isRestorable(key: string): Promise<HealthIndicatorResult> {
    const { lastDrill: last, drillError: why } = await this.backups.state.status();
    const check = this.indicators.check(key);
    return why === null ? check.up({ last }) : check.down({ last, why });
  }
}
