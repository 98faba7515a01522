import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Filter } from '../../../database/row-store.js';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { Reads } from '../../../projections/reads/reads.js';
import { decodeCursor, encodeCursor } from '../../page-cursor.js';
import { memoryAnswer } from '../memory-answer.js';
import type { ListMemoriesQuery, MemoryPageAnswer } from '../memory.dto.js';

/** What is remembered about this user, newest first? */
export class ListMemories extends Query<MemoryPageAnswer> {
  constructor(
    readonly userId: string,
    readonly asked: ListMemoriesQuery,
  ) {
    super();
  }
}

@QueryHandler(ListMemories)
export class ListMemoriesHandler implements IQueryHandler<ListMemories> {
  constructor(private readonly reads: Reads) {}

  async execute({ userId, asked }: ListMemories): Promise<MemoryPageAnswer> {
    const limit = asked.limit ?? 20;
    const rows = await this.reads.list(memoriesTable, {
      filters: filters(userId, asked),
      order: ['occurredAt', 'formedPosition'],
      descending: true,
      ...(asked.cursor === undefined ? {} : { after: decodeCursor(asked.cursor, ['number', 'number']) }),
      // One more than asked for tells whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor =
      last && rows.length > limit ? encodeCursor([last.occurredAt, last.formedPosition]) : null;
    return { items: page.map(memoryAnswer), nextCursor };
  }
}

function filters(userId: string, asked: ListMemoriesQuery): Filter[] {
  const all: Filter[] = [['userId', '=', userId]];
  if (asked.type !== undefined) all.push(['type', '=', asked.type]);
  if (asked.from !== undefined) all.push(['occurredAt', '>=', Date.parse(asked.from)]);
  if (asked.to !== undefined) all.push(['occurredAt', '<', Date.parse(asked.to)]);
  if (asked.minConfidence !== undefined) all.push(['confidence', '>=', asked.minConfidence]);
  if (asked.minImportance !== undefined) all.push(['importance', '>=', asked.minImportance]);
  return all;
}
