import { IsStoredId, IsText, Nullable } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The memory, and the reason if one was given. */
export class MemoryForgotten {
  @IsStoredId()
  memoryId: string;

  @Nullable()
  @IsText(0, 500)
  reason: string | null;
}

/** A memory must no longer be used. */
export const memoryForgotten = defineEvent({
  type: 'memory.forgotten',
  version: 1,
  payload: MemoryForgotten,
  upcasters: [],
});
