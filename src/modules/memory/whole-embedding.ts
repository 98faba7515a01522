import { InvalidInput } from '../../errors.js';
import { vectorText } from '../../validation/vector-text.js';

/** An embedding as it was sent, or a part of one. */
export interface SentEmbedding {
  embedding?: number[] | undefined;
  embeddingModel?: string | undefined;
  embeddingWeight?: number | undefined;
}

/** An embedding as it is stored. */
export interface WholeEmbedding {
  model: string;
  /** See `vectorText`. */
  vector: string;
  dimensions: number;
}

/**
 * Returns the embedding that was sent; undefined without any part of one. Throws InvalidInput for a part of
 * one.
 */
export function wholeEmbedding(sent: SentEmbedding): WholeEmbedding | undefined {
  const { embedding, embeddingModel: model, embeddingWeight: weight } = sent;
  if (embedding === undefined) {
    if (model === undefined && weight === undefined) return undefined;
    throw InvalidInput.field(
      'embedding',
      `is required with ${model === undefined ? 'embeddingWeight' : 'embeddingModel'}`,
    );
  }
  if (model === undefined) throw InvalidInput.field('embeddingModel', 'is required with embedding');
  const vector = vectorText(embedding);
  if (vector === undefined) throw InvalidInput.field('embedding', 'must not be all zeros');
  return { model, vector, dimensions: embedding.length };
}
