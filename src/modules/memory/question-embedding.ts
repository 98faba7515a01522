import { embeddingModelsTable } from '../../projections/memory-embeddings.projection.js';
import type { UserReads } from '../../projections/reads/reads.js';
import type { QuestionEmbedding } from '../../projections/reads/search/meaning.js';
import { WEIGHTS } from '../../projections/reads/search/memory-score.js';
import { otherDimensions, otherModel } from './embedding-errors.js';
import { wholeEmbedding, type SentEmbedding } from './whole-embedding.js';

/** More models than any user's memories have embeddings of at once. */
const MAX_MODELS = 100;

/** The embedding of a question, and how many memories it is compared with. */
export interface AskedEmbedding {
  embedding: QuestionEmbedding;
  memories: number;
}

/**
 * Returns the embedding of a question; undefined without one. A user whose memories have none is asked by
 * words alone. Throws Refused, with the models that there are, for another one, and for another number of
 * dimensions.
 */
export async function questionEmbedding(
  reads: UserReads,
  userId: string,
  asked: SentEmbedding,
): Promise<AskedEmbedding | undefined> {
  const embedding = wholeEmbedding(asked);
  if (!embedding) return undefined;
  const { model, vector, dimensions } = embedding;
  const models = await reads.list(embeddingModelsTable, {
    filters: [['userId', '=', userId]],
    order: ['model'],
    limit: MAX_MODELS,
  });
  const known = models.find((each) => each.model === model);
  if (known && known.dimensions !== dimensions) throw otherDimensions(known, dimensions);
  if (!known && models.length > 0) throw otherModel(model, models);
  return {
    embedding: { model, vector, weight: asked.embeddingWeight ?? WEIGHTS.meaning },
    memories: known?.memories ?? 0,
  };
}
