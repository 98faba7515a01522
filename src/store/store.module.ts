import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { CommandWriter } from '../modules/command-writer.js';
import { CountingWriter } from '../modules/counting-writer.js';
import { Metrics } from '../modules/metrics.js';
import { Reads } from '../projections/reads.js';
import { Store } from './store.js';

/** Gives every module the open store's writer and reads; closes it after the last answer was sent. */
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
          useFactory: ({ registry }: Metrics) => new CountingWriter(store.writer, registry),
          inject: [Metrics],
        },
        { provide: Reads, useValue: store.reads },
      ],
      exports: [Store, CommandWriter, Reads],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
