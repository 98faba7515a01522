import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import { contextUsesTable, memoryUsesTable } from '../../../projections/context-uses.projection.js';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import type { UserListQuery } from '../../list-query.dto.js';
import { cursors } from '../../page-cursor.js';
import type { MemoryUsePageAnswer } from '../context.dto.js';

/** Reads a page of the uses of a memory. Throws NotFound for one that neither exists nor was used. */
export class ListUses extends Query<MemoryUsePageAnswer> {
  constructor(
    readonly userId: string,
    readonly memoryId: string,
    readonly query: UserListQuery,
  ) {
    super();
  }
}

@QueryHandler(ListUses)
export class ListUsesHandler implements IQueryHandler<ListUses> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, memoryId, query }: ListUses): Promise<MemoryUsePageAnswer> {
    const limit = query.limit ?? 20;
    const { asOf } = this.reads;
    const scope = { ...(await this.reads.storeHead()), asOf, route: 'uses', userId, filters: { memoryId } };
    const { encode, decode } = cursors(scope);
    const rows = await this.reads.list(memoryUsesTable, {
      filters: [
        ['userId', '=', userId],
        ['memoryId', '=', memoryId],
      ],
      order: ['position'],
      descending: true,
      ...(query.cursor === undefined ? {} : { after: decode(query.cursor, ['integer']) }),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    if (rows.length === 0 && !(await this.reads.get(memoriesTable, userId, memoryId)))
      throw NotFound.memory(memoryId);
    const page = rows.slice(0, limit);
    const keys = page.map(({ receiptHash, turnId }) => [userId, receiptHash, turnId]);
    const contexts = await this.reads.getAll(contextUsesTable, keys);
    const byPosition = new Map(contexts.map((context) => [context.position, context]));
    const items = page.flatMap(({ position, turnId, score }) => {
      const context = byPosition.get(position);
      if (!context) return [];
      const at = new Date(context.usedAt).toISOString();
      return [{ receiptId: context.receiptId, turnId, score, at, position }];
    });
    const last = page.at(-1);
    return { items, nextCursor: last && rows.length > limit ? encode([last.position]) : null };
  }
}
