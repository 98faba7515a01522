import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { sessionsTable } from '../../../projections/conversation-window.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import type { UserListQuery } from '../../list-query.dto.js';
import { cursors } from '../../page-cursor.js';
import type { SessionPageAnswer } from '../conversation.dto.js';

/** Reads a page of a user's sessions, the last opened first. */
export class ListSessions extends Query<SessionPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: UserListQuery,
  ) {
    super();
  }
}

@QueryHandler(ListSessions)
export class ListSessionsHandler implements IQueryHandler<ListSessions> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, query }: ListSessions): Promise<SessionPageAnswer> {
    const limit = query.limit ?? 20;
    const { asOf } = this.reads;
    const scope = { ...(await this.reads.storeHead()), asOf, route: 'sessions', userId };
    const { encode, decode } = cursors(scope);
    const rows = await this.reads.list(sessionsTable, {
      // A session with emotions but without turns is not opened yet: its time is null.
      filters: [
        ['userId', '=', userId],
        ['openedAt', '>=', Number.MIN_SAFE_INTEGER],
      ],
      order: ['openedAt', 'sessionId'],
      descending: true,
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['integer', 'text']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(({ sessionId, turnCount, startedAt, lastActivityAt, ended }) => ({
        sessionId,
        turnCount,
        startedAt: new Date(startedAt).toISOString(),
        lastActivityAt: new Date(lastActivityAt).toISOString(),
        ended,
      })),
      nextCursor: last && rows.length > limit ? encode([last.openedAt as number, last.sessionId]) : null,
    };
  }
}
