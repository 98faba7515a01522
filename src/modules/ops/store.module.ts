import { Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Doorbell } from '../../events/log/doorbell.js';
import { FaultWatch } from '../../fault-watch.js';
import { Reads } from '../../projections/reads/reads.js';
import { Store } from '../../store/store.js';
import { CommandWriter } from '../../writer/command-writer.js';
import { CountingWriter } from '../../writer/counting-writer.js';
import { COMMAND_NAMES } from '../command-catalog.js';
import { COMMAND_HANDLERS } from '../command-handlers.js';
import { Metrics } from '../metrics.js';

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
        { provide: Doorbell, useValue: store.doorbell },
        ...COMMAND_HANDLERS,
      ],
      exports: [Store, FaultWatch, CommandWriter, Reads, Doorbell],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
