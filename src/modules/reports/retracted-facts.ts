import { pagesOf } from '../../database/pages-of.js';
import type { Filter, RowReader } from '../../database/row-store.js';
import { retractedEventsTable, retractionsTable } from '../../events/log/retraction/retraction-tables.js';
import type { StoreReader } from '../../projections/folding/store-reader.js';

/** Tells which facts of users were taken back as of a position. */
export class RetractedFacts {
  private hasAny: Promise<boolean> | undefined;

  constructor(
    private readonly reader: Pick<StoreReader, 'rows'>,
    private readonly upTo: number,
  ) {}

  /** Returns the positions by user, for the users of a page, which is in the order of user ids. */
  async of(page: readonly { userId: string }[]): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
    const byUser = new Map<string, ReadonlySet<number>>();
    const [first, last] = [page[0], page.at(-1)];
    this.hasAny ??= this.any();
    if (!first || !last || !(await this.hasAny)) return byUser;
    const standing = await this.standing([
      ['userId', '>=', first.userId],
      ['userId', '<=', last.userId],
    ]);
    for (const [userId, retractions] of standing)
      byUser.set(userId, await this.positionsOf(userId, retractions));
    return byUser;
  }

  /** The positions of the retractions that stand, by user. */
  private async standing(filters: Filter[]): Promise<Map<string, Set<number>>> {
    const standing = new Map<string, Set<number>>();
    const { list, upTo } = this;
    for await (const page of pagesOf({ list }, retractionsTable, { filters, order: retractionsTable.key }))
      for (const { userId, position, restoredAt, erasure } of page)
        // What was erased has no facts any more.
        if (erasure === null && position <= upTo && (restoredAt === null || restoredAt > upTo))
          standing.set(userId, (standing.get(userId) ?? new Set()).add(position));
    return standing;
  }

  private async positionsOf(userId: string, retractions: ReadonlySet<number>): Promise<Set<number>> {
    const positions = new Set<number>();
    const { list } = this;
    const query = { filters: [['userId', '=', userId] as const], order: retractedEventsTable.key };
    for await (const page of pagesOf({ list }, retractedEventsTable, query))
      for (const { position, retraction } of page) if (retractions.has(retraction)) positions.add(position);
    return positions;
  }

  private readonly list: RowReader['list'] = (table, query) => this.reader.rows(table, query);

  private async any(): Promise<boolean> {
    const query = { filters: [], order: retractionsTable.key, limit: 1 };
    return (await this.reader.rows(retractionsTable, query)).length > 0;
  }
}
