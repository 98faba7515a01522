import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { learnedPreferencesTable } from '../../../projections/current-profile.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import type { UserListQuery } from '../../list-query.dto.js';
import { cursors } from '../../page-cursor.js';
import { LearnedEvents } from '../learning/learned-events.js';
import type { LearnedPageAnswer } from '../learning/learned.dto.js';

/** Reads a page of what was learned about a user, newest first. */
export class ListLearned extends Query<LearnedPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: UserListQuery,
  ) {
    super();
  }
}

@QueryHandler(ListLearned)
export class ListLearnedHandler implements IQueryHandler<ListLearned> {
  constructor(
    private readonly reads: UserReads,
    private readonly events: LearnedEvents,
  ) {}

  async execute({ userId, query }: ListLearned): Promise<LearnedPageAnswer> {
    const limit = query.limit ?? 20;
    const { asOf } = this.reads;
    const { encode, decode } = cursors({ ...(await this.reads.storeHead()), asOf, route: 'learned', userId });
    const rows = await this.reads.list(learnedPreferencesTable, {
      filters: [['userId', '=', userId]],
      order: ['position'],
      descending: true,
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['integer']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const ids = await this.events.idsAt(
      userId,
      page.map(({ position }) => position),
    );
    const last = page.at(-1);
    return {
      items: page.map(({ position, rule, field, before, after, value, turnId, occurredAt, undone }) => ({
        eventId: ids.get(position) as string,
        position,
        rule,
        field,
        from: before,
        to: after,
        value,
        turnId,
        occurredAt: new Date(occurredAt).toISOString(),
        undone,
      })),
      nextCursor: last && rows.length > limit ? encode([last.position]) : null,
    };
  }
}
