import { StoreError } from '../../errors.js';
import type { QuotaOf } from './quotas.js';

type Code = 'quota.events' | 'quota.memories' | 'quota.bytes';

const WHOSE: Record<QuotaOf, string> = { user: 'This user', store: 'This store' };

/**
 * The command would exceed a quota; nothing was written. 429 when it is accepted on the next day, else 409.
 */
export class QuotaReached extends StoreError<Code> {
  get status(): number {
    return this.code === 'quota.events' ? 429 : 409;
  }

  /** Seconds until the next day begins, UTC; undefined when waiting does not help. */
  get retryAfter(): number | undefined {
    return this.extra?.['retryAfter'] as number | undefined;
  }

  static events(quota: QuotaOf, limit: number, retryAfter: number): QuotaReached {
    const message = `${WHOSE[quota]} may have ${limit} events a day (UTC), which this would exceed; the next day begins in ${retryAfter} seconds.`;
    return new QuotaReached('quota.events', message, { extra: { quota, limit, retryAfter } });
  }

  static memories(quota: QuotaOf, limit: number): QuotaReached {
    const message = `${WHOSE[quota]} may have ${limit} memories, which this would exceed; forget some first.`;
    return new QuotaReached('quota.memories', message, { extra: { quota, limit } });
  }

  static bytes(quota: QuotaOf, limit: number): QuotaReached {
    const message = `${WHOSE[quota]} may have ${limit} bytes of event data, which this would exceed; only an erasure or retention takes data away.`;
    return new QuotaReached('quota.bytes', message, { extra: { quota, limit } });
  }
}
