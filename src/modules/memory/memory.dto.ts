import { IsArray, IsIn, IsInt, IsNumber, Max, Min } from 'class-validator';
import { MEMORY_TYPES, type MemoryType } from '../../events/memory/memory-formed.event.js';
import { IsInstant, IsText, Optional } from '../../validation/fields.js';
import { MAX_REASON } from './commands/forget-memory.command.js';

/** Why a memory is forgotten. */
export class ForgetMemoryQuery {
  @Optional()
  @IsText(0, MAX_REASON)
  reason?: string;
}

/** Which memories to list. */
export class ListMemoriesQuery {
  @Optional()
  @IsIn(MEMORY_TYPES)
  type?: MemoryType;

  /** Only what happened at or after this time. */
  @Optional()
  @IsInstant()
  from?: string;

  /** Only what happened before this time. */
  @Optional()
  @IsInstant()
  to?: string;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  minConfidence?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  minImportance?: number;

  /** 20 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  /** `nextCursor` of the page before. */
  @Optional()
  @IsText(1, 500)
  cursor?: string;
}

/** What to search for. */
export class SearchMemoriesQuery {
  /** A question or some words; any of them may match. */
  @IsText(1, 1_000)
  q: string;

  /** Only these types, separated by commas. */
  @Optional()
  @IsArray()
  @IsIn(MEMORY_TYPES, { each: true })
  types?: MemoryType[];

  /** 5 when left out. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;

  /** 0.3 when left out. */
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  minConfidence?: number;

  /** `true` adds how each score came about. */
  @Optional()
  @IsIn(['true', 'false'])
  explain?: 'true' | 'false';
}

/** A memory. */
export class MemoryAnswer {
  memoryId: string;
  type: MemoryType;
  content: string;
  context: string | null;
  confidence: number;
  importance: number;
  metadata: Record<string, unknown>;
  recallCount: number;
  lastRecalledAt: string | null;
  occurredAt: string;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** A page of memories, newest first. */
export class MemoryPageAnswer {
  items: MemoryAnswer[];
  nextCursor: string | null;
}

/** How a score came about: `text` times the three bounded factors. */
export class ScoreAnswer {
  /** BM25 with the statistics of the user's own memories. */
  text: number;
  /** 0.9..1.1, linear in the importance. */
  importance: number;
  /** 0.95..1.05, halving its lead every 90 days before the user's newest memory. */
  recency: number;
  /** 1..1.1, growing with the logarithm of the recalls. */
  recall: number;
  /** What each term that was found added to `text`. */
  terms: Record<string, number>;
}

/** A memory that was found. */
export class FoundMemoryAnswer extends MemoryAnswer {
  score: number;
  explain?: ScoreAnswer;
}

/** The best matches, best first. */
export class MemorySearchAnswer {
  items: FoundMemoryAnswer[];
}

/** The answer of a change of one memory. */
export class MemoryWrittenAnswer {
  memoryId: string;
  position: number;
  version: number;
}

/** The answer of a recall. */
export class RecalledAnswer {
  position: number;
}
