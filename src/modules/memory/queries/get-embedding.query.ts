import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { NotFound } from '../../../errors.js';
import { memoryEmbeddingsTable } from '../../../projections/memory-embeddings.projection.js';
import { memoriesTable } from '../../../projections/memory-index.projection.js';
import { UserReads } from '../../../projections/reads/reads.js';
import { vectorOf } from '../../../validation/vector-text.js';
import { noEmbedding } from '../embedding-errors.js';
import type { EmbeddingAnswer } from '../embedding.dto.js';

/** Reads the embedding of a memory. Throws NotFound, also for a memory without one. */
export class GetEmbedding extends Query<EmbeddingAnswer> {
  constructor(
    readonly userId: string,
    readonly memoryId: string,
  ) {
    super();
  }
}

@QueryHandler(GetEmbedding)
export class GetEmbeddingHandler implements IQueryHandler<GetEmbedding> {
  constructor(private readonly reads: UserReads) {}

  async execute({ userId, memoryId }: GetEmbedding): Promise<EmbeddingAnswer> {
    const row = await this.reads.get(memoryEmbeddingsTable, userId, memoryId);
    if (row) {
      const { model: embeddingModel, vector, position } = row;
      return { memoryId, embeddingModel, embedding: [...vectorOf(vector)], position };
    }
    const memory = await this.reads.get(memoriesTable, userId, memoryId);
    throw memory ? noEmbedding(memoryId) : NotFound.memory(memoryId);
  }
}
