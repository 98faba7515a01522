import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Backups } from '../../operations/backup/backups.js';
import { lossText } from '../../operations/loss/loss-errors.js';

const NO_BACKUP = 'There is no backup yet: make one, or set BACKUP_SCHEDULE or BACKUP_CONTINUOUS.';

/** Reports the state of backups and drills. Having no backup at all is a failure, whatever is scheduled. */
@Injectable()
export class BackupHealth {
  constructor(
    private readonly backups: Backups,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Up unless acknowledged events are missing from the log. */
  isComplete(key: string): HealthIndicatorResult {
    const { loss } = this.backups.lossWatch;
    const check = this.indicators.check(key);
    return loss ? check.down({ ...loss, why: lossText(loss) }) : check.up();
  }

  /** Up in any case, so that the conversation goes on; says what is missing. */
  areKnownMissing(key: string): HealthIndicatorResult {
    const { loss } = this.backups.lossWatch;
    return this.indicators.check(key).up(loss ? { missing: lossText(loss) } : {});
  }

  /** Up when there is a full backup, and the last one did not fail. */
  async isBackedUp(key: string): Promise<HealthIndicatorResult> {
    const { lastBackup: last, backupError: why } = await this.backups.state.status();
    const check = this.indicators.check(key);
    if (why !== null) return check.down({ last, why });
    return last === null ? check.down({ last, why: NO_BACKUP }) : check.up({ last });
  }

  /** Up unless continuous backup is on and its last pass failed. */
  async isShipped(key: string): Promise<HealthIndicatorResult> {
    const { shipping } = await this.backups.state.status();
    const check = this.indicators.check(key);
    if (!shipping) return check.up({ on: false });
    const { position, error: why } = shipping;
    return why === null ? check.up({ on: true, position }) : check.down({ on: true, position, why });
  }

  /** Up unless the last drill failed. */
  async isRestorable(key: string): Promise<HealthIndicatorResult> {
    const { lastDrill: last, drillError: why } = await this.backups.state.status();
    const check = this.indicators.check(key);
    return why === null ? check.up({ last }) : check.down({ last, why });
  }
}
