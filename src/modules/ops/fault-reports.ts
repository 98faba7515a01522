import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { FaultWatch, type FoundDamage } from '../../fault-watch.js';
import { Backups } from '../../operations/backup/backups.js';
import { inThread } from '../../operations/in-thread.js';
import { Rebuilds } from '../../operations/rebuild/rebuilds.js';
import { Verifications } from '../../operations/verify/verifications.js';
import { Store } from '../../store/store.js';
import { whyOf } from '../../why.js';

/** Jobs meet damage that no request has met; where it is, the database itself is asked once. */
@Injectable()
export class FaultReports implements OnApplicationBootstrap {
  private readonly logger = new Logger('operations');

  constructor(private readonly modules: ModuleRef) {}

  onApplicationBootstrap(): void {
    const [faults, backups] = [this.modules.get(FaultWatch, ANYWHERE), this.modules.get(Backups, ANYWHERE)];
    const rebuilds = this.modules.get(Rebuilds, ANYWHERE);
    const verifications = this.modules.get(Verifications, ANYWHERE);
    for (const jobs of [backups.jobs, backups.drills, rebuilds.jobs, verifications.jobs])
      jobs.onFailed = (error) => faults.failed(error);
    faults.onDamage = (damage) => void this.locate(damage);
  }

  private async locate(damage: FoundDamage): Promise<void> {
    const { address } = this.modules.get<Store>(Store, ANYWHERE);
    try {
      damage.places = await inThread('storageDamage', 'file' in address ? { file: address.file } : address);
    } catch (error) {
      damage.places = [whyOf(error)];
    }
    this.logger.error({ msg: 'the database is damaged', why: damage.why, places: damage.places });
  }
}

const ANYWHERE = { strict: false } as const;
