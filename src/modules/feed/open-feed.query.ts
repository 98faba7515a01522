import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Reads } from '../../projections/reads/reads.js';
import { startOfFeed, type LogEnd } from './position-ahead.js';

/** The header of a feed's answer with the UUID that names the store. */
export const STORE_HEADER = 'Edgesoul-Store';

/** Where a feed begins, in which store, and where its log ends: now, or at the position asked about. */
export interface FeedStart extends LogEnd {
  after: number;
}

/** Checks the position after which a client wants to read. Throws Refused if the log does not reach it. */
export class OpenFeed extends Query<FeedStart> {
  constructor(
    readonly after: number,
    /** The position that is asked about; undefined for the present. */
    readonly asOf?: number,
  ) {
    super();
  }
}

@QueryHandler(OpenFeed)
export class OpenFeedHandler implements IQueryHandler<OpenFeed> {
  constructor(private readonly reads: Reads) {}

  async execute({ after, asOf }: OpenFeed): Promise<FeedStart> {
    // Read now, from the database: the client may have its position from another process.
    const { storeId, head } = await this.reads.storeHead();
    const store = { storeId, head: asOf ?? head };
    return { ...store, after: startOfFeed(after, store) };
  }
}
