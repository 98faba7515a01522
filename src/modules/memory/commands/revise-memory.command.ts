import { IsIn, IsNumber, Max, Min } from 'class-validator';
import { MEMORY_TYPES, type MemoryType } from '../../../events/memory/memory-formed.event.js';
import { memoryStream } from '../../../events/streams.js';
import { Describe, IsId, IsSmallJson, IsText, Nullable, Optional } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';
import { MAX_REASON } from './forget-memory.command.js';

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
