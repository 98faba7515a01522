import { IsBoolean, IsNumber, Max, Min } from 'class-validator';
import { IsEmbedding, IsModelName } from '../../validation/embedding-fields.js';
import { Describe, Optional } from '../../validation/fields.js';
import { SearchParameters } from './memory.dto.js';

/** A search in the memories that may say what the question means. */
export class SearchMemoriesBody extends SearchParameters {
  @Describe('true: also memories that have expired.')
  @Optional()
  @IsBoolean()
  includeExpired?: boolean;

  @Describe('true: also memories that another one supersedes.')
  @Optional()
  @IsBoolean()
  includeSuperseded?: boolean;

  @Describe('true adds the parts of each score.')
  @Optional()
  @IsBoolean()
  explain?: boolean;

  @Describe(
    'What the question means: 8 to 4,096 numbers, by the model of the memories; with `embeddingModel`.',
  )
  @Optional()
  @IsEmbedding()
  embedding?: number[];

  @Optional()
  @IsModelName()
  embeddingModel?: string;

  @Describe(
    'What the nearest meaning adds to a score, 0..5; 0.5 when left out. Words add up to 0.69, or 1.38.',
  )
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(5)
  embeddingWeight?: number;
}

/** The embedding of a memory. */
export class EmbeddingAnswer {
  memoryId: string;
  embeddingModel: string;
  /** The float32s that were kept of the numbers sent. */
  embedding: number[];
  /** Of the event that brought it. */
  position: number;
}
