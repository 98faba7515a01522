import { Injectable } from '@nestjs/common';
import { Verifications } from '../../operations/verify/verifications.js';
import { Metrics } from '../metrics.js';

/** Gauge for the result of the last verification. */
@Injectable()
export class VerificationMetrics {
  constructor(metrics: Metrics, verifications: Verifications) {
    metrics.gauge(
      {
        name: 'edgesoul_verification_last_ok',
        help: '1 when the last verification of this process found nothing wrong; absent before the first.',
      },
      () => (verifications.last?.result ? Number(verifications.last.result.ok) : null),
    );
  }
}
