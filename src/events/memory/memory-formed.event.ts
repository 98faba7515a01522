import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsNumber, IsObject, Max, Min } from 'class-validator';
import { IsInstant, IsLanguage, IsStoredId, IsText, Nullable, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** Every kind of memory. */
export const MEMORY_TYPES = ['preference', 'pattern', 'fact', 'conversation', 'emotional'] as const;

/** One of the kinds of memory. */
export type MemoryType = (typeof MEMORY_TYPES)[number];

/** Most memories that one supersedes, and most that it contradicts. */
export const MAX_LINKS = 20;

/** A memory as first stored. Confidence and importance are 0..1. */
export class MemoryFormed {
  @IsStoredId()
  memoryId: string;

  @IsIn(MEMORY_TYPES)
  type: MemoryType;

  @IsText(1, 8_000)
  content: string;

  @Nullable()
  @IsText(0, 8_000)
  context: string | null;

  @IsNumber()
  @Min(0)
  @Max(1)
  confidence: number;

  @IsNumber()
  @Min(0)
  @Max(1)
  importance: number;

  @IsObject()
  metadata: Record<string, unknown>;

  /** The session in which it was formed; memories of before have none. */
  @Optional()
  @IsStoredId()
  sessionId?: string;

  /** The turn that it was formed from. */
  @Optional()
  @IsStoredId()
  turnId?: string;

  /** The language of content and context; events of before do not say it. */
  @Optional()
  @IsLanguage()
  language?: string;

  /** Absent for a memory that is not pinned, never expires, and has no links; so in events of before. */
  @Optional()
  @IsBoolean()
  pinned?: boolean;

  /** When it expires, RFC 3339. */
  @Optional()
  @IsInstant()
  expiresAt?: string;

  /** The memories that it takes the place of, by their ids. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @IsStoredId({ each: true })
  supersedes?: string[];

  /** The memories that say otherwise, by their ids. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_LINKS)
  @IsStoredId({ each: true })
  contradicts?: string[];
}

/** A memory about a user was stored. */
export const memoryFormed = defineEvent({
  type: 'memory.formed',
  version: 1,
  payload: MemoryFormed,
  upcasters: [],
});
