import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { isExpired } from '../../../projections/memory/memory-expiries.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { timeRange } from '../../time-range.js';
import { memoryAnswer } from '../memory-answer.js';
import type { ContradictionAnswer, MemorySearchAnswer, SearchParameters } from '../memory.dto.js';
import { questionEmbedding } from '../question-embedding.js';
import type { SentEmbedding } from '../whole-embedding.js';

/** What a search may turn on, as a query string or a body says it. */
type SearchSwitches = Partial<
  Record<'explain' | 'includeExpired' | 'includeSuperseded', boolean | 'true' | 'false'>
>;

/** Searches a user's memories for the best matches of a question. Writes nothing. */
export class SearchMemories extends Query<MemorySearchAnswer> {
  constructor(
    readonly userId: string,
    readonly query: SearchParameters & SentEmbedding & SearchSwitches,
    /** Whether the word vectors of the service are used, if there are any. */
    readonly options: { usesWordVectors: boolean } = { usesWordVectors: true },
  ) {
    super();
  }
}

@QueryHandler(SearchMemories)
export class SearchMemoriesHandler implements IQueryHandler<SearchMemories> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, query, options }: SearchMemories): Promise<MemorySearchAnswer> {
    const { q, types, sessionId, limit = 5, minConfidence = 0.3 } = query;
    const asked = await questionEmbedding(this.reads, userId, query);
    const unexpiredAt = isOn(query.includeExpired) ? undefined : (await this.reads.storeHead()).recordedAt;
    const isCurrent = !isOn(query.includeSuperseded);
    const { hits, complete } = await this.reads.searchMemories({
      userId,
      q,
      types,
      sessionId,
      limit,
      minConfidence,
      ...(asked?.memories ? { embedding: asked.embedding } : {}),
      unexpiredAt,
      current: isCurrent,
      ...(options.usesWordVectors ? {} : { usesWordVectors: false }),
      ...timeRange(query),
    });
    const ids = hits.flatMap(({ memory }) => memory.contradicts ?? []);
    const others = await this.contradictions(userId, ids, unexpiredAt);
    const items = hits.map(({ memory, score, parts }) => {
      const contradictions = (memory.contradicts ?? []).flatMap((id) => others.get(id) ?? []);
      return {
        ...memoryAnswer(memory),
        score,
        ...(contradictions.length > 0 && { contradictions }),
        ...(isOn(query.explain) && { explain: parts }),
      };
    });
    const compared = asked && { model: asked.embedding.model, memories: asked.memories };
    return { items, complete, ...(compared && { embedding: compared }) };
  }

  /**
   * What the memories say that contradict those found, by their ids; those that count no more are left out.
   */
  private async contradictions(
    userId: string,
    ids: readonly string[],
    unexpiredAt: number | undefined,
  ): Promise<Map<string, ContradictionAnswer>> {
    if (ids.length === 0) return new Map();
    const keys = [...new Set(ids)].map((id) => [userId, id]);
    const rows = await this.reads.getAll(memoriesTable, keys);
    const valid = rows.filter((row) => row.supersededBy === null && !isExpired(row, unexpiredAt));
    return new Map(
      valid.map(({ memoryId, content, occurredAt }) => [
        memoryId,
        { memoryId, content, occurredAt: new Date(occurredAt).toISOString() },
      ]),
    );
  }
}

function isOn(value: boolean | 'true' | 'false' | undefined): boolean {
  return value === true || value === 'true';
}
