import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { UserReads } from '../../../projections/reads/reads.js';
import { boundMs } from '../../../validation/instants.js';
import { memoryAnswer } from '../memory-answer.js';
import type { MemorySearchAnswer, SearchMemoriesQuery } from '../memory.dto.js';

/** Searches a user's memories for the best matches of a question. Writes nothing. */
export class SearchMemories extends Query<MemorySearchAnswer> {
  constructor(
    readonly userId: string,
    readonly query: SearchMemoriesQuery,
  ) {
    super();
  }
}

@QueryHandler(SearchMemories)
export class SearchMemoriesHandler implements IQueryHandler<SearchMemories> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, query }: SearchMemories): Promise<MemorySearchAnswer> {
    const { q, types, sessionId, limit = 5, minConfidence = 0.3 } = query;
    const { hits, complete } = await this.reads.searchMemories({
      userId,
      q,
      types,
      sessionId,
      limit,
      minConfidence,
      ...(query.from === undefined ? {} : { from: boundMs(query.from) }),
      ...(query.to === undefined ? {} : { to: boundMs(query.to) }),
    });
    const items = hits.map(({ memory, score, parts }) => ({
      ...memoryAnswer(memory),
      score,
      ...(query.explain === 'true' ? { explain: parts } : {}),
    }));
    return { items, complete };
  }
}
