import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { meetsFilters } from '../../../database/meets-filters.js';
import type { Filter } from '../../../database/row-store.js';
import { memoriesTable, type MemoryRow } from '../../../projections/memory-index.projection.js';
import { memorySummariesTable } from '../../../projections/memory/memory-summaries.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { cursors } from '../../page-cursor.js';
import { rangeFilters } from '../../time-range.js';
import { memoryAnswer } from '../memory-answer.js';
import type { ListMemoriesQuery, MemoryPageAnswer } from '../memory.dto.js';

/** Reads a page of a user's memories: the pinned ones, then the others, each newest first. */
export class ListMemories extends Query<MemoryPageAnswer> {
  constructor(
    readonly userId: string,
    readonly query: ListMemoriesQuery,
  ) {
    super();
  }
}

/** Where a page ended: whether its last memory is pinned, and its sort key. */
type Place = [isPinned: number, occurredAt: number, formedPosition: number];

/** A page that is asked for, and the time at which expired memories are left out, ms UTC. */
interface Page {
  userId: string;
  query: ListMemoriesQuery;
  unexpiredAt: number | undefined;
  /** Ids of the user's pinned memories. */
  pinned: readonly string[];
  after: Place | undefined;
  /** Most memories to read. */
  limit: number;
}

@QueryHandler(ListMemories)
export class ListMemoriesHandler implements IQueryHandler<ListMemories> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, query }: ListMemories): Promise<MemoryPageAnswer> {
    const limit = query.limit ?? 20;
    const { asOf } = this.reads;
    const { recordedAt, ...head } = await this.reads.storeHead();
    const { encode, decode } = cursors({ ...head, asOf, route: 'memories', userId, filters: query });
    const rows = await this.page({
      userId,
      query,
      unexpiredAt: query.includeExpired === 'true' ? undefined : recordedAt,
      pinned: (await this.reads.get(memorySummariesTable, userId))?.pinned ?? [],
      after: query.cursor === undefined ? undefined : (decode(query.cursor, PLACE) as Place),
      // One extra row shows whether there is a next page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = last && rows.length > limit ? encode(placeOf(last)) : null;
    return { items: page.map(memoryAnswer), nextCursor };
  }

  private async page(page: Page): Promise<MemoryRow[]> {
    const { pinned: wanted } = page.query;
    const pinned = wanted === 'false' ? [] : await this.pinned(page);
    if (wanted === 'true' || pinned.length >= page.limit) return pinned.slice(0, page.limit);
    return [...pinned, ...(await this.others({ ...page, limit: page.limit - pinned.length }))];
  }

  /** A user has few pinned memories: all are read, and sorted here. */
  private async pinned({ userId, pinned, query, unexpiredAt, after }: Page): Promise<MemoryRow[]> {
    if (pinned.length === 0 || after?.[0] === 0) return [];
    const keys = pinned.map((id) => [userId, id]);
    const wanted = filters(userId, query, unexpiredAt);
    const rows = (await this.reads.getAll(memoriesTable, keys)).filter((row) => meetsFilters(row, wanted));
    const last = after && { occurredAt: after[1], formedPosition: after[2] };
    return rows.filter((row) => !last || newestFirst(last, row) < 0).toSorted(newestFirst);
  }

  private async others({ userId, pinned, query, unexpiredAt, after, limit }: Page): Promise<MemoryRow[]> {
    const rows = await this.reads.list(memoriesTable, {
      filters: filters(userId, query, unexpiredAt),
      order: ['occurredAt', 'formedPosition'],
      descending: true,
      ...(after?.[0] === 0 && { after: after.slice(1) }),
      // The pinned ones among them are left out.
      limit: limit + pinned.length,
    });
    return rows.filter((row) => !row.pinned).slice(0, limit);
  }
}

const PLACE = ['integer', 'integer', 'integer'] as const;

function placeOf({ pinned, occurredAt, formedPosition }: MemoryRow): Place {
  return [pinned ? 1 : 0, occurredAt, formedPosition];
}

type Sorted = Pick<MemoryRow, 'occurredAt' | 'formedPosition'>;

function newestFirst(a: Sorted, b: Sorted): number {
  return b.occurredAt - a.occurredAt || b.formedPosition - a.formedPosition;
}

function filters(userId: string, query: ListMemoriesQuery, unexpiredAt: number | undefined): Filter[] {
  const list: Filter[] = [['userId', '=', userId], ...rangeFilters('occurredAt', query)];
  if (query.type !== undefined) list.push(['type', '=', query.type]);
  if (query.sessionId !== undefined) list.push(['sessionId', '=', query.sessionId]);
  if (query.minConfidence !== undefined) list.push(['confidence', '>=', query.minConfidence]);
  if (query.minImportance !== undefined) list.push(['importance', '>=', query.minImportance]);
  if (unexpiredAt !== undefined) list.push(['expiresAt', 'is null or >', unexpiredAt]);
  if (query.includeSuperseded === 'false') list.push(['supersededBy', 'is null']);
  return list;
}
