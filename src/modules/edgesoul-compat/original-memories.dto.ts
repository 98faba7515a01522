import { ArrayMaxSize, IsArray, IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';
import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';
import { Describe, IsId, IsText, Nullable, Optional } from '../../validation/fields.js';

/** Which memories to list. */
export class OriginalMemoriesQuery {
  @Optional()
  @IsIn(MEMORY_TYPES)
  memory_type?: MemoryType;

  /** Only memories of the last so many days; 30 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(365)
  days?: number;

  /** Maximum number of memories; 20 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;
}

/** Which memories to forget. */
export class OriginalForgetQuery {
  /** All types when left out. */
  @Optional()
  @IsIn(MEMORY_TYPES)
  memory_type?: MemoryType;
}

/** A search in the memories of a user. */
export class OriginalSearchBody {
  @IsId()
  user_id: string;

  @Describe('A question or some words; without a word, nothing is found.')
  @IsText(0, 8_000)
  query: string;

  @Describe('All types when left out.')
  @Nullable()
  @IsArray()
  @ArrayMaxSize(100)
  @IsIn(MEMORY_TYPES, { each: true })
  memory_types?: MemoryType[] | null;

  @Describe('5 when left out.')
  @Nullable()
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number | null;

  @Describe('0.3 when left out.')
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(1)
  min_confidence?: number | null;
}

/** A memory, as the original answers it. */
export class OriginalMemory {
  id: string;
  user_id: string;
  memory_type: string;
  content: string;
  context: string | null;
  confidence: number;
  importance: number;
  /** When it happened. */
  created_at: string;
  /** The last recall; when it happened, if there was none. */
  last_accessed: string;
  access_count: number;
  metadata: Record<string, unknown>;
}

/** That memories were forgotten. */
export class OriginalCleared {
  message: string;
  memory_type: string | null;
}
