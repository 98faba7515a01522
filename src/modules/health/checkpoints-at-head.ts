import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { EventLog } from '../../events/log/event-log.js';
import { checkpointsTable, type CheckpointRow } from '../../events/log/log-tables.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';

/** Looks at the database the way a command does: through a write transaction. */
@Injectable()
export class CheckpointsAtHead {
  constructor(
    private readonly log: EventLog,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** A write transaction can be opened; the migrations ran before the service listened. */
  async isWritable(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    try {
      const position = await this.log.transaction(({ head }) => head.position);
      return check.up({ migrated: true, writable: true, position });
    } catch (error) {
      return check.down({ writable: false, why: error instanceof Error ? error.message : String(error) });
    }
  }

  async areAtHead(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    const behind = await this.log.transaction(({ head, rows }) =>
      PROJECTIONS.filter(({ name, version }) => {
        const checkpoint = rows.load(checkpointsTable, [name]) as CheckpointRow | undefined;
        return checkpoint?.position !== head.position || checkpoint.version !== version;
      }).map(({ name }) => name),
    );
    return behind.length === 0 ? check.up() : check.down({ behind });
  }
}
