import { ArrayMaxSize, IsArray, IsIn, IsInt, IsNumber, Length, Max, Min } from 'class-validator';
import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';
import {
  Describe,
  IsId,
  IsLabel,
  IsMessage,
  IsSmallJson,
  IsText,
  Nullable,
} from '../../validation/fields.js';

const SHARE = '0..1, or 0..100: above 1 it is of 100.';
const TIME = 'ISO 8601; UTC without a zone.';

/** The part of an import that records more than a memory: in the body itself, or in its metadata. */
export class OriginalRecord {
  @Nullable()
  @IsId()
  session_id?: string | null;

  @Nullable()
  @IsMessage()
  user_message?: string | null;

  @Nullable()
  @IsMessage()
  assistant_message?: string | null;

  @Nullable()
  @IsLabel(64)
  emotion?: string | null;

  @Describe(SHARE)
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(100)
  intensity?: number | null;

  @Nullable()
  @IsArray()
  @ArrayMaxSize(20)
  @Length(1, 128, { each: true })
  triggers?: string[] | null;

  @Nullable()
  @IsArray()
  @ArrayMaxSize(50)
  @Length(1, 128, { each: true })
  topics?: string[] | null;
}

/** What is imported of a memory, of a conversation or of an emotion; also an item of an export. */
export class OriginalImportBody extends OriginalRecord {
  @Describe('A memory that exists already is not formed again.')
  @Nullable()
  @IsText(1, 255)
  id?: string | null;

  @Nullable()
  @IsIn(MEMORY_TYPES)
  memory_type?: MemoryType | null;

  @Nullable()
  @IsText(0, 130_000)
  content?: string | null;

  @Nullable()
  @IsText(0, 8_000)
  context?: string | null;

  @Describe(SHARE)
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(100)
  confidence?: number | null;

  @Describe(SHARE)
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(100)
  importance?: number | null;

  @Describe(TIME)
  @Nullable()
  @IsText(1, 64)
  timestamp?: string | null;

  @Describe(`Instead of timestamp. ${TIME}`)
  @Nullable()
  @IsText(1, 64)
  created_at?: string | null;

  @Describe(TIME)
  @Nullable()
  @IsText(1, 64)
  last_accessed?: string | null;

  @Nullable()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  access_count?: number | null;

  @Describe('May have the fields below as well.')
  @Nullable()
  @IsSmallJson(1_048_576)
  metadata?: Record<string, unknown> | null;
}

/** That something was imported. */
export class OriginalImported {
  status: string;
  message: string;
}
