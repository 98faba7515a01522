import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { FaultWatch } from '../../fault-watch.js';
import { whyOf } from '../../why.js';
import { CommandWriter, type WriterState } from '../../writer/command-writer.js';
import { singleFlight } from '../single-flight.js';

/** Checks the database the way a command uses it: through a write transaction. */
@Injectable()
export class WriterHealth {
  /**
   * All checks of one request share one transaction, because on a locked database each would take seconds.
   */
  private readonly state: () => Promise<WriterState>;

  constructor(
    writer: CommandWriter,
    private readonly faults: FaultWatch,
    private readonly indicators: HealthIndicatorService,
  ) {
    this.state = singleFlight(() => writer.state());
  }

  /**
   * Up if a write transaction opens, the last commit worked, and nothing has met damage. The migrations ran
   * before the start.
   */
  async isWritable(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    const { damage } = this.faults;
    if (damage) return check.down({ ...damage });
    try {
      const { position, unwritable: why } = await this.state();
      return why === null
        ? check.up({ migrated: true, writable: true, position })
        : check.down({ writable: false, why });
    } catch (error) {
      return check.down({ writable: false, why: whyOf(error) });
    }
  }

  /** Always up: a wrong clock is shown here, in the log and in the metrics, but stops nothing. */
  async clock(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    try {
      const { behindMs, steps } = (await this.state()).clock;
      return check.up({ behindSeconds: behindMs / 1_000, steps });
    } catch {
      // That the database cannot be reached is reported by its own part.
      return check.up();
    }
  }

  /** Up if every projection is at the head; reports those that failed at an event in either case. */
  async areAtHead(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    try {
      const { behind, failed } = await this.state();
      return behind.length === 0 ? check.up({ failed }) : check.down({ behind, failed });
    } catch (error) {
      return check.down({ why: whyOf(error) });
    }
  }
}
