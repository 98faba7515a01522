import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Filter } from '../../../database/row-store.js';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { boundMs } from '../../../validation/instants.js';
import { cursors } from '../../page-cursor.js';
import { memoryAnswer } from '../memory-answer.js';
import type { ListMemoriesQuery, MemoryPageAnswer } from '../memory.dto.js';

/** Reads a page of a user's memories, newest first. */
export class ListMemories extends Query<MemoryPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: ListMemoriesQuery,
  ) {
    super();
  }
}

@QueryHandler(ListMemories)
export class ListMemoriesHandler implements IQueryHandler<ListMemories> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, query }: ListMemories): Promise<MemoryPageAnswer> {
    const limit = query.limit ?? 20;
    const { asOf } = this.reads;
    const scope = { ...(await this.reads.storeHead()), asOf, route: 'memories', userId, filters: query };
    const { encode, decode } = cursors(scope);
    const rows = await this.reads.list(memoriesTable, {
      filters: filters(userId, query),
      order: ['occurredAt', 'formedPosition'],
      descending: true,
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['integer', 'integer']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = last && rows.length > limit ? encode([last.occurredAt, last.formedPosition]) : null;
    return { items: page.map(memoryAnswer), nextCursor };
  }
}

function filters(userId: string, query: ListMemoriesQuery): Filter[] {
  const list: Filter[] = [['userId', '=', userId]];
  if (query.type !== undefined) list.push(['type', '=', query.type]);
  if (query.sessionId !== undefined) list.push(['sessionId', '=', query.sessionId]);
  if (query.from !== undefined) list.push(['occurredAt', '>=', boundMs(query.from)]);
  if (query.to !== undefined) list.push(['occurredAt', '<', boundMs(query.to)]);
  if (query.minConfidence !== undefined) list.push(['confidence', '>=', query.minConfidence]);
  if (query.minImportance !== undefined) list.push(['importance', '>=', query.minImportance]);
  return list;
}
