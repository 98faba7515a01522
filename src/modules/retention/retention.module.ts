import {
  Global,
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Backups } from '../../operations/backup/backups.js';
import { Erasures } from '../../operations/erasure/erasures.js';
import { Retention, type RetentionSettings } from '../../operations/retention/retention.js';
import type { RetentionEffects } from '../../operations/retention/run-retention.js';
import { Retractions } from '../../operations/retraction/retractions.js';
import { Store } from '../../store/store.js';
import { CommandWriter } from '../../writer/command-writer.js';
import { retentionEffects } from '../retention-effects.js';
import { RetentionMetrics } from './retention-metrics.js';
import { RetentionController } from './retention.controller.js';

/** Works out what retention takes back, beside the requests that take something back. */
const RETRACTIONS = Symbol('the retractions of retention');

/** How it changes the store. */
const EFFECTS = Symbol('the effects of retention');

/** Retention by schedule and over HTTP. */
@Global()
@Module({})
export class RetentionModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly retention: Retention,
    @Inject(RETRACTIONS) private readonly retractions: Retractions,
  ) {}

  static of(settings: RetentionSettings): DynamicModule {
    return {
      module: RetentionModule,
      controllers: [RetentionController],
      providers: [
        RetentionMetrics,
        {
          provide: RETRACTIONS,
          inject: [Store],
          useFactory: ({ address }: Store) => new Retractions(address),
        },
        {
          provide: EFFECTS,
          inject: [CommandWriter, RETRACTIONS, Erasures, Backups],
          useFactory: (
            writer: CommandWriter,
            retractions: Retractions,
            erasures: Erasures,
            { rewritings }: Backups,
          ) => retentionEffects({ writer, retractions, erasures, usersErased: () => rewritings.erased() }),
        },
        {
          provide: Retention,
          inject: [Store, EFFECTS, Backups],
          useFactory: ({ address, reads }: Store, effects: RetentionEffects, backups: Backups) => {
            const isLeader = () => backups.isLeader();
            return new Retention({ address, reads, effects, settings, isLeader, log: backups.log });
          },
        },
      ],
      exports: [Retention],
    };
  }

  onApplicationBootstrap(): void {
    this.retention.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.retention.close();
    await this.retractions.close();
  }
}
