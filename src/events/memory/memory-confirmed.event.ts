import { IsObject } from 'class-validator';
import { IsStoredId, IsText, Nullable, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The memory that was said again, and how sure it is for that: confidences are 0..1. */
export class MemoryConfirmed {
  @IsStoredId()
  memoryId: string;

  /** What was said this time, in the same words as the memory or nearly so. */
  @IsText(1, 8_000)
  content: string;

  @Nullable()
  @IsText(0, 8_000)
  context: string | null;

  @IsObject()
  confidence: { from: number; to: number };

  /** As far as the command gave them. */
  @Optional()
  @IsObject()
  metadata?: Record<string, unknown>;

  @Optional()
  @IsStoredId()
  sessionId?: string;

  @Optional()
  @IsStoredId()
  turnId?: string;
}

/** What a memory says was said again, so no second one was formed. */
export const memoryConfirmed = defineEvent({
  type: 'memory.confirmed',
  version: 1,
  payload: MemoryConfirmed,
  upcasters: [],
});
