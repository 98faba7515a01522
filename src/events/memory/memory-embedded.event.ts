import { IsModelName } from '../../validation/embedding-fields.js';
import { IsStoredId, IsVectorText } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** What a memory means, as a model of the caller says it. */
export class MemoryEmbedded {
  @IsStoredId()
  memoryId: string;

  /** Names the model: embeddings of different models are never compared. */
  @IsModelName()
  model: string;

  /** 8 to 4,096 float32s, little-endian, in Base64: a fifth of what they take as JSON. */
  @IsVectorText()
  vector: string;
}

/** A memory got an embedding, in place of any that it had. */
export const memoryEmbedded = defineEvent({
  type: 'memory.embedded',
  version: 1,
  payload: MemoryEmbedded,
  upcasters: [],
});
