import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsNumber, Matches, Max, Min } from 'class-validator';
import { MAX_LINKS, MEMORY_TYPES, type MemoryType } from '../../../events/memory/memory-formed.event.js';
import { memoryStream } from '../../../events/streams.js';
import { IsEmbedding, IsModelName } from '../../../validation/embedding-fields.js';
import {
  Describe,
  ID_PATTERN,
  IsId,
  IsInstant,
  IsLanguage,
  IsSmallJson,
  IsText,
  Nullable,
  Optional,
} from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';
import { MAX_REASON } from './forget-memory.command.js';
import { CONTRADICTS, EXPIRES, PINNED, SUPERSEDES } from './form-memory.command.js';

/** The memory fields to change. */
export class ReviseMemoryBody {
  @Optional()
  @IsIn(MEMORY_TYPES)
  type?: MemoryType;

  @Optional()
  @IsText(1, 8_000)
  content?: string;

  @Nullable()
  @IsText(0, 8_000)
  context?: string | null;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  confidence?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  importance?: number;

  @Optional()
  @IsSmallJson(16_384)
  metadata?: Record<string, unknown>;

  @Describe('What it means: 8 to 4,096 numbers, see `PUT …/embedding`; with `embeddingModel`.')
  @Optional()
  @IsEmbedding()
  embedding?: number[];

  @Optional()
  @IsModelName()
  embeddingModel?: string;

  @Describe('Language of the texts; that of a new content is detected when left out.')
  @Optional()
  @IsLanguage()
  language?: string;

  @Describe(PINNED)
  @Optional()
  @IsBoolean()
  pinned?: boolean;

  @Describe(EXPIRES)
  @Nullable()
  @IsInstant()
  expiresAt?: string | null;

  @Describe(`${SUPERSEDES} All of them: those left out are not superseded any more.`)
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @Matches(ID_PATTERN, { each: true })
  supersedes?: string[];

  @Describe(`${CONTRADICTS} All of them: those left out are not contradicted any more.`)
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @Matches(ID_PATTERN, { each: true })
  contradicts?: string[];

  @Describe('Why the memory is corrected; its history shows it.')
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** A revision and the id of its memory. */
export class ReviseMemoryInput extends ReviseMemoryBody {
  @IsId()
  memoryId: string;
}

/** Corrects a memory. */
export class ReviseMemory extends StoreCommand<ReviseMemoryInput> {
  override get stream(): string {
    return memoryStream(this.userId, this.input.memoryId);
  }
}
