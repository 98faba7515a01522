import type { HealthCheckResult, HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';

const FAILED =
  'The last scheduled backup or drill of some tenant failed: the log of the service says of which.';

/** Reports on the stores of all tenants together, and names none. */
export class TenantsHealth {
  constructor(private readonly inTrouble: (() => number) | undefined) {}

  /** Up unless the last scheduled backup or drill of some tenant failed; no check in a tenant's own service. */
  checks(indicators: HealthIndicatorService, key: string): HealthIndicatorFunction[] {
    const { inTrouble } = this;
    if (!inTrouble) return [];
    return [
      () => {
        const check = indicators.check(key);
        return inTrouble() > 0 ? check.down({ why: FAILED }) : check.up();
      },
    ];
  }
}

/** The same answer without figures and texts: how far a log goes tells other tenants how much is written. */
export function statesOnly({ status, info, error, details }: HealthCheckResult): HealthCheckResult {
  return { status, info: states(info), error: states(error), details: states(details) };
}

function states(parts: Partial<HealthCheckResult['details']> = {}): HealthCheckResult['details'] {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, { status: part?.status ?? 'down' }]),
  );
}
