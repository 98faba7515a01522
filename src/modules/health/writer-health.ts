import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { whyOf } from '../../why.js';
import { CommandWriter, type WriterState } from '../../writer/command-writer.js';
import { singleFlight } from '../single-flight.js';

/** Looks at the database the way a command does: through a write transaction. */
@Injectable()
export class WriterHealth {
  /** Both questions of one request are answered by one look: on a locked database each takes seconds. */
  private readonly state: () => Promise<WriterState>;

  constructor(
    writer: CommandWriter,
    private readonly indicators: HealthIndicatorService,
  ) {
    this.state = singleFlight(() => writer.state());
  }

  /** A write transaction can be opened, and the last one was committed; the migrations ran before the service listened. */
  async isWritable(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    try {
      const { position, unwritable: why } = await this.state();
      return why === null
        ? check.up({ migrated: true, writable: true, position })
        : check.down({ writable: false, why });
    } catch (error) {
      return check.down({ writable: false, why: whyOf(error) });
    }
  }

  /** Every projection has folded all that is in the log; those that a rebuild could not make are told either way. */
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
