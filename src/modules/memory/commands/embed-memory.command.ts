import { memoryStream } from '../../../events/streams.js';
import { IsEmbedding, IsModelName } from '../../../validation/embedding-fields.js';
import { Describe, IsId } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** What a memory means, as a model of the caller says it. */
export class EmbedMemoryBody {
  @Describe('8 to 4,096 numbers, kept as float32s; not all of them 0. Compared by their cosine.')
  @IsEmbedding()
  embedding: number[];

  @Describe('Names the model that made it: embeddings of different models are never compared.')
  @IsModelName()
  embeddingModel: string;
}

/** An embedding and the id of its memory. */
export class EmbedMemoryInput extends EmbedMemoryBody {
  @IsId()
  memoryId: string;
}

/** Gives a memory an embedding, in place of any that it has. */
export class EmbedMemory extends StoreCommand<EmbedMemoryInput> {
  /** The version of the memory: with `If-Match`, only the text that the embedding is of gets it. */
  override get stream(): string {
    return memoryStream(this.userId, this.input.memoryId);
  }
}
