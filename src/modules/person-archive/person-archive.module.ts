import { Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { PersonArchives } from '../../operations/person/person-archives.js';
import { Store } from '../../store/store.js';
import { PersonArchiveController } from './person-archive.controller.js';

/** Everything that is held of a user, over HTTP. */
@Module({
  controllers: [PersonArchiveController],
  providers: [
    {
      provide: PersonArchives,
      inject: [Store],
      useFactory: ({ address }: Store) => new PersonArchives(address),
    },
  ],
})
export class PersonArchiveModule implements BeforeApplicationShutdown {
  constructor(private readonly archives: PersonArchives) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.archives.close();
  }
}
