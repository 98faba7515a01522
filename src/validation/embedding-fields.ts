import { ArrayMaxSize, ArrayMinSize, IsArray, IsNumber, Max, Min } from 'class-validator';
import { IsLabel } from './fields.js';
import { MAX_DIMENSIONS, MIN_DIMENSIONS } from './vector-text.js';

/** The greatest finite float32. */
const MAX_FLOAT32 = 3.4028234663852886e38;

/** Numbers that float32 can hold, 8 to 4,096 of them. That they are not all 0 is for `vectorText` to say. */
export function IsEmbedding(): PropertyDecorator {
  return (target, property) => {
    for (const decorate of [
      IsArray(),
      ArrayMinSize(MIN_DIMENSIONS),
      ArrayMaxSize(MAX_DIMENSIONS),
      IsNumber({}, { each: true }),
      Min(-MAX_FLOAT32, { each: true }),
      Max(MAX_FLOAT32, { each: true }),
    ])
      decorate(target, property);
  };
}

/** The name of the model that made an embedding: 1 to 128 characters, not blank. */
export function IsModelName(): PropertyDecorator {
  return IsLabel(128);
}
