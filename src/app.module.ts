import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AuditModule } from './modules/audit/audit.module.js';
import { BackupsModule } from './modules/backups/backups.module.js';
import { BatchModule } from './modules/batch/batch.module.js';
import { ContextModule } from './modules/context/context.module.js';
import type { Policies } from './modules/context/policy/policies.js';
import { ConversationModule } from './modules/conversation/conversation.module.js';
import { EdgesoulCompatModule } from './modules/edgesoul-compat/edgesoul-compat.module.js';
import { EmotionModule } from './modules/emotion/emotion.module.js';
import { ErasureModule } from './modules/erasure/erasure.module.js';
import { FeedModule } from './modules/feed/feed.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { JobsModule } from './modules/jobs/jobs.module.js';
import { MemoryModule } from './modules/memory/memory.module.js';
import type { Metrics } from './modules/metrics.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { OperationsModule } from './modules/ops/operations.module.js';
import { OpsModule } from './modules/ops/ops.module.js';
import { StoreModule } from './modules/ops/store.module.js';
import { PersonArchiveModule } from './modules/person-archive/person-archive.module.js';
import { PositionsModule } from './modules/positions/positions.module.js';
import { ProfileModule } from './modules/profile/profile.module.js';
import { RebuildsModule } from './modules/rebuilds/rebuilds.module.js';
import { ReportsModule } from './modules/reports/reports.module.js';
import { RetentionModule } from './modules/retention/retention.module.js';
import { RetractionModule } from './modules/retraction/retraction.module.js';
import { StatsModule } from './modules/stats/stats.module.js';
import { TimelineModule } from './modules/timeline/timeline.module.js';
import { VerificationsModule } from './modules/verifications/verifications.module.js';
import type { Backups } from './operations/backup/backups.js';
import type { RetentionSettings } from './operations/retention/retention.js';
import type { PersonReads } from './store/audit/person-reads.js';
import type { Store } from './store/store.js';

/** What the service is built over. */
export interface ServedParts {
  store: Store;
  backups: Backups;
  policies: Policies;
  /** Records the reads of persons, if they are recorded. */
  personReads?: PersonReads | undefined;
  /**
   * How many tenants have a store whose last scheduled backup or drill failed; left out in a tenant's own
   * service.
   */
  tenantsInTrouble?: (() => number) | undefined;
}

/** The service over an open store. */
@Module({})
export class AppModule {
  static of({
    store,
    backups,
    policies,
    personReads,
    tenantsInTrouble,
    metrics,
    retention,
  }: ServedParts & { metrics: Metrics; retention: RetentionSettings }): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        StoreModule.of(store),
        OperationsModule,
        AuditModule.of(personReads),
        BackupsModule.of(backups),
        MetricsModule.of(metrics),
        ProfileModule,
        MemoryModule,
        EmotionModule,
        ConversationModule,
        ContextModule.of(policies),
        StatsModule,
        TimelineModule,
        BatchModule,
        EdgesoulCompatModule,
        ErasureModule,
        PersonArchiveModule,
        RetractionModule,
        RetentionModule.of(retention),
        FeedModule,
        ReportsModule,
        PositionsModule,
        HealthModule.of(tenantsInTrouble),
        JobsModule,
        RebuildsModule,
        VerificationsModule,
        OpsModule,
      ],
    };
  }
}
