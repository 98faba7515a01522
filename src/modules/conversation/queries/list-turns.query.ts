import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { conversationStream } from '../../../events/streams.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { cursors } from '../../page-cursor.js';
import { UserLog } from '../../user-log.js';
import { turnAnswer } from '../turns/turn-answer.js';
import type { ListTurnsQuery, TurnPageAnswer } from '../turns/turns.dto.js';

/** Reads a page of a user's turns, or of those of one session, the last recorded first. */
export class ListTurns extends Query<TurnPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: ListTurnsQuery,
  ) {
    super();
  }
}

@QueryHandler(ListTurns)
export class ListTurnsHandler implements IQueryHandler<ListTurns> {
  constructor(
    private readonly reads: UserReads,
    private readonly log: UserLog,
  ) {}

  async execute({ userId, query }: ListTurns): Promise<TurnPageAnswer> {
    const { limit = 20, sessionId } = query;
    const { asOf } = this.reads;
    const { storeId, head } = await this.reads.storeHead();
    const scope = { storeId, head, asOf, route: 'turns', userId, filters: { sessionId } };
    const { encode, decode } = cursors(scope);
    const [before] = query.cursor === undefined ? [] : (decode(query.cursor, ['integer']) as number[]);
    const turns = await this.log.newest({
      userId,
      type: 'turn.recorded',
      streamId: sessionId === undefined ? undefined : conversationStream(userId, sessionId),
      upTo: before === undefined ? head : before - 1,
      asOf: head,
      // One extra turn shows whether there is a next page.
      limit: limit + 1,
    });
    const page = turns.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = last && turns.length > limit ? encode([last.position]) : null;
    return { items: page.map(turnAnswer), nextCursor };
  }
}
