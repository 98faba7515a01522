import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NOT_BEING_ERASED, type Filter } from '../../../database/row-store.js';
import { conversationSummariesTable } from '../../../projections/conversation-window.projection.js';
import { profilesTable } from '../../../projections/current-profile.projection.js';
import { Reads } from '../../../projections/reads/reads.js';
import { cursors } from '../../page-cursor.js';
import type { ListUsersQuery, UserPageAnswer } from '../profile.dto.js';

/** After every character of an id. */
const LAST_CHARACTER = '\u{10ffff}';

/** Reads a page of all users, by id. */
export class ListUsers extends Query<UserPageAnswer> {
  constructor(readonly query: ListUsersQuery) {
    super();
  }
}

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(private readonly reads: Reads) {}

  async execute({ query }: ListUsers): Promise<UserPageAnswer> {
    const limit = query.limit ?? 20;
    const { encode, decode } = cursors({
      ...(await this.reads.storeHead()),
      route: 'users',
      userId: '',
      filters: { prefix: query.prefix },
    });
    const rows = await this.reads.list(profilesTable, {
      filters: startingWith(query.prefix),
      order: ['userId'],
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['text']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const keys = page.map(({ userId }) => [userId]);
    const summaries = await this.reads.getAll(conversationSummariesTable, keys);
    const summaryOf = new Map(summaries.map((summary) => [summary.userId, summary]));
    return {
      items: page.map(({ userId, name, createdAt }) => {
        const summary = summaryOf.get(userId);
        return {
          userId,
          name,
          createdAt: new Date(createdAt).toISOString(),
          turns: summary?.turns ?? 0,
          sessions: summary?.sessions ?? 0,
          lastTurnAt: summary?.turns ? new Date(summary.lastActivityAt).toISOString() : null,
        };
      }),
      nextCursor: last && rows.length > limit ? encode([last.userId]) : null,
    };
  }
}

function startingWith(prefix: string | undefined): Filter[] {
  if (prefix === undefined) return [NOT_BEING_ERASED];
  return [NOT_BEING_ERASED, ['userId', '>=', prefix], ['userId', '<', prefix + LAST_CHARACTER]];
}
