import { IsObject } from 'class-validator';
import { IsStoredId, IsText, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The memory and the fields that changed. */
export class MemoryRevised {
  @IsStoredId()
  memoryId: string;

  @IsObject()
  changes: Record<string, { from: unknown; to: unknown }>;

  @Optional()
  @IsText(0, 500)
  reason?: string;
}

/** A memory was corrected. */
export const memoryRevised = defineEvent({
  type: 'memory.revised',
  version: 1,
  payload: MemoryRevised,
  upcasters: [],
});
