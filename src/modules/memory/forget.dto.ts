import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';
import { Describe, ID_PATTERN, IsInstant, IsText, Optional } from '../../validation/fields.js';
import { MAX_FORGOTTEN } from './commands/forget-memories.command.js';
import { MAX_REASON } from './commands/forget-memory.command.js';

/** Which memories to forget: those that fit all of the conditions. */
export class ForgetMemoriesBody {
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MEMORY_TYPES.length)
  @IsIn(MEMORY_TYPES, { each: true })
  types?: MemoryType[];

  @Describe('Only memories that occurred before this time.')
  @Optional()
  @IsInstant()
  olderThan?: string;

  @Describe('Only memories of at most this importance, 0..1.')
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  maxImportance?: number;

  @Describe('Only these memories. With `dryRun: false` they are what is forgotten: send those of a dry run.')
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_FORGOTTEN)
  @Matches(ID_PATTERN, { each: true })
  ids?: string[];

  @Describe('Only memories in which each of these words occurs, as the search understands words.')
  @Optional()
  @IsText(1, 1_000)
  q?: string;

  @Describe('true: only memories that have expired; false: only others.')
  @Optional()
  @IsBoolean()
  expired?: boolean;

  @Describe('true: pinned memories, too.')
  @Optional()
  @IsBoolean()
  includePinned?: boolean;

  @Describe('true, also when left out: nothing is forgotten, and the answer says what would be.')
  @Optional()
  @IsBoolean()
  dryRun?: boolean;

  @Describe('Recorded with each memory that is forgotten.')
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** What was forgotten or, in a dry run, what would be. */
export class MemoriesForgottenAnswer {
  /** Oldest first, in a dry run. */
  memoryIds: string[];
  /** Position of the last event: of the dry run's state, or of what was forgotten. */
  position: number;
  /** Only of a dry run: more memories fit than one run forgets. Forget these, and ask again. */
  more?: boolean;
}
