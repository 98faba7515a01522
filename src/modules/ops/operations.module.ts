import {
  Global,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Refused } from '../../errors.js';
import { failureFields } from '../../logged-failure.js';
import { anchorsOf } from '../../operations/backup/anchors.js';
import { Backups } from '../../operations/backup/backups.js';
import { Erasures } from '../../operations/erasure/erasures.js';
import { Rebuilds } from '../../operations/rebuild/rebuilds.js';
import { Retractions } from '../../operations/retraction/retractions.js';
import { Upkeep } from '../../operations/upkeep.js';
import { Verifications } from '../../operations/verify/verifications.js';
import { Store } from '../../store/store.js';
import { FaultReports } from './fault-reports.js';

/** Provides rebuilds and verifications to all modules, logs how they end, and runs Upkeep. */
@Global()
@Module({
  providers: [
    FaultReports,
    { provide: Rebuilds, inject: [Store], useFactory: (store: Store) => new Rebuilds(store) },
    {
      provide: Erasures,
      inject: [Store, Backups],
      useFactory: ({ address }: Store, { settings }: Backups) => new Erasures(address, settings.folder),
    },
    { provide: Retractions, inject: [Store], useFactory: ({ address }: Store) => new Retractions(address) },
    {
      provide: Upkeep,
      inject: [Store, Rebuilds, Erasures],
      useFactory: (store: Store, rebuilds: Rebuilds, erasures: Erasures) =>
        new Upkeep(store, rebuilds, erasures),
    },
    {
      provide: Verifications,
      inject: [Store, Backups],
      useFactory: ({ address }: Store, { settings }: Backups) =>
        new Verifications({ address, folder: settings.folder }, () => anchorsOf(settings.folder, address)),
    },
  ],
  exports: [Erasures, Rebuilds, Retractions, Verifications],
})
export class OperationsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('operations');

  constructor(
    private readonly rebuilds: Rebuilds,
    private readonly upkeep: Upkeep,
    private readonly verifications: Verifications,
    private readonly erasures: Erasures,
  ) {}

  onApplicationBootstrap(): void {
    this.rebuilds.onEnded = (job) => {
      const { state, result, error } = job;
      const failed = result?.failed ?? [];
      for (const { projection, position, eventId, cause } of failed)
        this.logger.error({ msg: 'a projection stopped at an event', projection, position, eventId, cause });
      // Refused means that another process is rebuilding, which is no failure.
      if (state === 'failed' && !(error instanceof Refused))
        this.logger.error({ msg: 'a rebuild failed', ...failureFields(error) });
      if (result && result.swapped.length > 0)
        this.logger.warn({
          msg: 'projections rebuilt',
          projections: result.swapped,
          events: result.events,
          ms: result.ms,
        });
    };
    this.upkeep.onFailed = (error) =>
      this.logger.error({ msg: 'the projections cannot be kept up to date', ...failureFields(error) });
    this.erasures.vacuums.onFailed = (error) =>
      this.logger.error({ msg: 'the tables cannot be vacuumed after an erasure', ...failureFields(error) });
    this.verifications.onEnded = ({ state, error }) => {
      if (state === 'failed') this.logger.error({ msg: 'a verification failed', ...failureFields(error) });
    };
    // The service already answers: reads of a projection under rebuild with 503, all others as usual.
    this.upkeep.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    // Upkeep closes first, because it starts rebuilds.
    await this.upkeep.close();
    await Promise.all([this.rebuilds.close(), this.verifications.close(), this.erasures.close()]);
  }
}
