import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, Max, Min, NotEquals, ValidateNested } from 'class-validator';
import { MEMORY_TYPES, type MemoryType } from '../../../events/memory/memory-formed.event.js';
import { memoryStream } from '../../../events/streams.js';
import { newId } from '../../../events/uuid.js';
import {
  IsId,
  IsInstant,
  IsSmallJson,
  IsText,
  Nullable,
  Optional,
  Describe,
} from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** How often another program recalled a memory that is taken over from it. */
export class FormerRecalls {
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  count: number;

  @Describe('When it did so last; the present when left out.')
  @Optional()
  @IsInstant()
  lastAt?: string;
}

/** A memory to store. */
export class FormMemoryBody {
  @IsIn(MEMORY_TYPES)
  type: MemoryType;

  @IsText(1, 8_000)
  content: string;

  @Nullable()
  @IsText(0, 8_000)
  context?: string | null;

  @Describe('Certainty, 0..1; 0.8 when left out.')
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  confidence?: number;

  @Describe('Importance, 0..1; 0.5 when left out.')
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  importance?: number;

  @Optional()
  @IsSmallJson(16_384)
  metadata?: Record<string, unknown>;

  @Describe('The session in which it was said; a list or a search can be limited to one.')
  @Optional()
  @IsId()
  sessionId?: string;

  @Describe('The turn that it is formed from.')
  @Optional()
  @IsId()
  turnId?: string;

  @Describe('When it happened; the present when left out. Years 1900 to 2999; kept to the millisecond.')
  @Optional()
  @IsInstant()
  occurredAt?: string;

  @Describe('Recalls by another program, for a memory that is taken over from it.')
  @Optional()
  @ValidateNested()
  @Type(() => FormerRecalls)
  recalled?: FormerRecalls;

  @Describe('Generated when left out. Must not be `search`, which is a route.')
  @Optional()
  @IsId()
  @NotEquals('search')
  memoryId?: string;
}

/** Stores a new memory about a user. */
export class FormMemory extends StoreCommand<FormMemoryBody> {
  /** No memory has an empty id: it stands for a generated one, under which nothing has been written. */
  override get stream(): string {
    return memoryStream(this.userId, this.input.memoryId ?? '');
  }

  override generatedIds(): object {
    return { memoryId: this.input.memoryId ?? newId() };
  }
}
