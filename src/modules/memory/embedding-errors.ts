import { NotFound, Refused } from '../../errors.js';
import type { EmbeddingModelRow } from '../../projections/memory-embeddings.projection.js';

/** The model of an embedding, how many numbers it has, and how many memories have one of it. */
export type KnownModel = Pick<EmbeddingModelRow, 'model' | 'dimensions' | 'memories'>;

/** The user's memories have embeddings of this model with another number of dimensions. */
export function otherDimensions(known: KnownModel, dimensions: number): Refused {
  const { model, memories } = known;
  return new Refused(
    'embedding.other-dimensions',
    `An embedding of ${model} has ${known.dimensions} numbers in ${memories} of this user's memories, and ${dimensions} here; another model needs another name.`,
    { extra: { models: [modelAnswer(known)] } },
  );
}

/** None of the user's memories has an embedding of this model. */
export function otherModel(model: string, known: readonly KnownModel[]): Refused {
  const models = known.map(modelAnswer);
  const names = models.map((each) => `${each.model} (${each.dimensions} numbers)`).join(', ');
  return new Refused(
    'embedding.other-model',
    `None of this user's memories has an embedding of ${model}; they have those of ${names}. Embed the question with that model, or the memories with this one.`,
    { extra: { models } },
  );
}

/** The memory exists, but has no embedding. */
export function noEmbedding(memoryId: string): NotFound {
  return new NotFound('embedding.not-found', `Memory ${memoryId} has no embedding.`);
}

function modelAnswer({ model, dimensions, memories }: KnownModel): KnownModel {
  return { model, dimensions, memories };
}
