import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { profilesTable } from '../../projections/current-profile.projection.js';
import { PROJECTIONS } from '../../projections/projection-catalog.js';
import { Reads } from '../../projections/reads/reads.js';
import { NO_QUOTAS, QuotaUsage } from '../quota-usage.js';
import { EventCounts } from './event-counts.js';
import { RowCounts, rowsOf } from './row-counts.js';
import type { StoreStatsAnswer } from './store-stats.dto.js';

/** Reads the statistics of the store without a running service. */
export function storeStats(reads: Reads): Promise<StoreStatsAnswer> {
  return new GetStoreStatsHandler(reads, new RowCounts(reads), new EventCounts(reads), NO_QUOTAS).execute();
}

/** Reads the statistics of the whole store. */
export class GetStoreStats extends Query<StoreStatsAnswer> {}

@QueryHandler(GetStoreStats)
export class GetStoreStatsHandler implements IQueryHandler<GetStoreStats> {
  constructor(
    private readonly reads: Reads,
    private readonly rows: RowCounts,
    private readonly events: EventCounts,
    @Inject(QuotaUsage) private readonly quotas: Pick<QuotaUsage, 'ofStore'>,
  ) {}

  async execute(): Promise<StoreStatsAnswer> {
    const { storeId, head } = await this.reads.storeHead();
    const [counted, { events, byType }, { databaseBytes, walBytes }] = await Promise.all([
      this.rows.get(),
      this.events.get(head),
      this.reads.size(),
    ]);
    return {
      storeId,
      users: counted.byTable.get(profilesTable.name) ?? 0,
      events,
      eventsByType: byType,
      rowsByProjection: Object.fromEntries(PROJECTIONS.map((each) => [each.name, rowsOf(counted, each)])),
      databaseBytes,
      bytesPerEvent: events === 0 ? null : Math.round(databaseBytes / events),
      walBytes,
      uptimeSeconds: Math.round(process.uptime()),
      countedAt: new Date(counted.at).toISOString(),
      usage: await this.quotas.ofStore(),
    };
  }
}
