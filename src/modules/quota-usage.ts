import { Injectable } from '@nestjs/common';
import { DAY_MS } from '../durations.js';
import { quotaUsageTable } from '../events/log/log-tables.js';
import { Reads } from '../projections/reads/reads.js';
import { Store } from '../store/store.js';
import type { QuotaOf } from '../writer/quotas/quotas.js';
import { WHOLE_STORE } from '../writer/quotas/usage.js';
import type { QuotaUsageAnswer, UsedAnswer } from './quota-usage.dto.js';

/** Reads what counts against the quotas. */
@Injectable()
export class QuotaUsage {
  constructor(
    private readonly reads: Reads,
    private readonly store: Store,
  ) {}

  /** What a user has; null if nothing is limited, for then nothing is counted. */
  ofUser(userId: string): Promise<QuotaUsageAnswer | null> {
    return this.read('user', userId);
  }

  /** What the store has; null if nothing is limited. */
  ofStore(): Promise<QuotaUsageAnswer | null> {
    return this.read('store', WHOLE_STORE);
  }

  private async read(quota: QuotaOf, userId: string): Promise<QuotaUsageAnswer | null> {
    const limits = this.store.quotas?.[quota];
    if (!limits) return null;
    const usage = await this.reads.get(quotaUsageTable, userId);
    // Later than the clock where that is behind the log.
    const isToday = usage !== undefined && usage.day >= Math.floor(Date.now() / DAY_MS);
    return {
      eventsToday: used(isToday ? usage.events : 0, limits.eventsADay),
      memories: used(usage?.memories ?? 0, limits.memories),
      bytes: used(usage?.bytes ?? 0, limits.bytes),
    };
  }
}

/** Where nothing is counted: without a running service. */
export const NO_QUOTAS: Pick<QuotaUsage, 'ofUser' | 'ofStore'> = {
  ofUser: async () => null,
  ofStore: async () => null,
};

function used(count: number, limit: number): UsedAnswer {
  return { used: count, limit: limit === 0 ? null : limit };
}
