import { Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Doorbell } from '../../events/log/doorbell.js';
import { FaultWatch } from '../../fault-watch.js';
import { Reads, UserReads } from '../../projections/reads/reads.js';
import { PastReads } from '../../store/past-reads.js';
import { Store } from '../../store/store.js';
import { CommandWriter } from '../../writer/command-writer.js';
import { CountingWriter } from '../../writer/counting-writer.js';
import { COMMAND_NAMES } from '../command-catalog.js';
import { COMMAND_HANDLERS } from '../command-handlers.js';
import { Metrics } from '../metrics.js';
import { QuotaUsage } from '../quota-usage.js';
import { RequestReads } from '../request-reads.js';

/** Provides the store's writer, reads, doorbell and command handlers; closes the store on shutdown. */
@Module({})
export class StoreModule implements OnApplicationShutdown {
  constructor(private readonly store: Store) {}

  static of(store: Store): DynamicModule {
    return {
      module: StoreModule,
      global: true,
      providers: [
        { provide: Store, useValue: store },
        {
          provide: CommandWriter,
          useFactory: ({ registry }: Metrics, faults: FaultWatch) =>
            new CountingWriter(store.writer, faults, registry, COMMAND_NAMES),
          inject: [Metrics, FaultWatch],
        },
        { provide: FaultWatch, useFactory: () => new FaultWatch(new Logger('store')) },
        { provide: Reads, useValue: store.reads },
        { provide: PastReads, useValue: store.past },
        { provide: RequestReads, useValue: new RequestReads(store.reads, store.past) },
        { provide: UserReads, useExisting: RequestReads },
        { provide: Doorbell, useValue: store.doorbell },
        QuotaUsage,
        ...COMMAND_HANDLERS,
      ],
      exports: [
        QuotaUsage,
        Store,
        FaultWatch,
        CommandWriter,
        Reads,
        PastReads,
        RequestReads,
        UserReads,
        Doorbell,
      ],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
