import { IsId, IsText, Nullable } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** Which memory, and why if anyone said so. */
export class MemoryForgotten {
  @IsId()
  memoryId: string;

  @Nullable()
  @IsText(0, 500)
  reason: string | null;
}

/** A memory is no longer to be used. */
export const memoryForgotten = defineEvent({
  type: 'memory.forgotten',
  version: 1,
  payload: MemoryForgotten,
  upcasters: [],
});
