import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Reads, type StoreHead } from '../../projections/reads/reads.js';

/** The header of a feed's answer with the UUID that names the store. */
export const STORE_HEADER = 'edgesoul-store';

/** Reads which store the feed is of, and where its log ends. */
export class OpenFeed extends Query<StoreHead> {}

@QueryHandler(OpenFeed)
export class OpenFeedHandler implements IQueryHandler<OpenFeed> {
  constructor(private readonly reads: Reads) {}

  execute(): Promise<StoreHead> {
    return this.reads.storeHead();
  }
}
