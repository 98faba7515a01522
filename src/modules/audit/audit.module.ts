import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { PersonReads } from '../../store/audit/person-reads.js';
import { AuditController } from './audit.controller.js';
import { ListPersonReadsHandler } from './list-person-reads.query.js';
import { Recording } from './recording.js';

/** Who has read what of a person, over HTTP; what is noted is written when the service stops. */
@Module({ controllers: [AuditController] })
export class AuditModule implements OnApplicationShutdown {
  constructor(private readonly recording: Recording) {}

  /** `reads` is undefined if reads are not recorded. */
  static of(reads: PersonReads | undefined): DynamicModule {
    return {
      module: AuditModule,
      providers: [{ provide: Recording, useValue: new Recording(reads) }, ListPersonReadsHandler],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.recording.close();
  }
}
