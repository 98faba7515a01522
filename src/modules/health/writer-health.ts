import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CommandWriter } from '../command-writer.js';

/** Looks at the database the way a command does: through a write transaction. */
@Injectable()
export class WriterHealth {
  constructor(
    private readonly writer: CommandWriter,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** A write transaction can be opened; the migrations ran before the service listened. */
  async isWritable(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    try {
      const { position } = await this.writer.state();
      return check.up({ migrated: true, writable: true, position });
    } catch (error) {
      return check.down({ writable: false, why: whyOf(error) });
    }
  }

  /** Every projection has folded all that is in the log; those that a rebuild could not make are told either way. */
  async areAtHead(key: string): Promise<HealthIndicatorResult> {
    const check = this.indicators.check(key);
    try {
      const { behind, failed } = await this.writer.state();
      return behind.length === 0 ? check.up({ failed }) : check.down({ behind, failed });
    } catch (error) {
      return check.down({ why: whyOf(error) });
    }
  }
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
