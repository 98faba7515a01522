import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateNested,
} from 'class-validator';
import { MAX_LINKS, MEMORY_TYPES, type MemoryType } from '../../../events/memory/memory-formed.event.js';
import { memoryStream } from '../../../events/streams.js';
import { newId } from '../../../events/uuid.js';
import { IsEmbedding, IsModelName } from '../../../validation/embedding-fields.js';
import {
  ID_PATTERN,
  IsId,
  IsInstant,
  IsLanguage,
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

/** What the fields that a revision shares say. */
export const PINNED =
  'A pinned memory comes first in lists and contexts, and is forgotten with others only if `includePinned` says so. A ' +
  'user has at most 50.';
export const EXPIRES =
  'From then on lists, searches, contexts and counts leave the memory out; its history stays. A read goes by the time ' +
  'at which the last event before it was recorded. Must be after that of this command. null: never.';
export const SUPERSEDES =
  'The memories that this one takes the place of: searches and contexts leave them out. One memory has at most one ' +
  'that takes its place. At most 20 ids of memories of this user.';
export const CONTRADICTS =
  'The memories that say otherwise, as this one does of them. At most 20 ids of memories of this user.';

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

  @Describe('Language of the texts, such as `de` or `pt-BR`; detected when left out.')
  @Optional()
  @IsLanguage()
  language?: string;

  @Describe('When it happened; the present when left out. Years 1900 to 2999; kept to the millisecond.')
  @Optional()
  @IsInstant()
  occurredAt?: string;

  @Describe('What it means: 8 to 4,096 numbers, see `PUT …/embedding`; with `embeddingModel`.')
  @Optional()
  @IsEmbedding()
  embedding?: number[];

  @Optional()
  @IsModelName()
  embeddingModel?: string;

  @Describe('Recalls by another program, for a memory that is taken over from it.')
  @Optional()
  @ValidateNested()
  @Type(() => FormerRecalls)
  recalled?: FormerRecalls;

  @Describe(PINNED)
  @Optional()
  @IsBoolean()
  pinned?: boolean;

  @Describe(EXPIRES)
  @Nullable()
  @IsInstant()
  expiresAt?: string | null;

  @Describe(SUPERSEDES)
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @Matches(ID_PATTERN, { each: true })
  supersedes?: string[];

  @Describe(CONTRADICTS)
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @Matches(ID_PATTERN, { each: true })
  contradicts?: string[];

  @Describe(
    'What becomes of a memory that says what the user has said before. Left out: it confirms the memory that says so, ' +
      'which the answer names, unless it has its own `memoryId`, other `metadata`, `recalled` or an `occurredAt` of more ' +
      'than a day ago. true: a second one is formed. false: it confirms whatever else it has.',
  )
  @Optional()
  @IsBoolean()
  allowDuplicate?: boolean;

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
    const { memoryId } = this.input;
    return memoryId === undefined ? { memoryId: newId(), isGenerated: true } : { memoryId };
  }
}
