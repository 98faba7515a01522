import { IsInt, Max, Min } from 'class-validator';
import { IsStoredId } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** How often another program recalled a memory. The event occurred when it did so last. */
export class MemoryRecallsImported {
  @IsStoredId()
  memoryId: string;

  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  count: number;
}

/** Recalls that are not known one by one were taken over with a memory. */
export const memoryRecallsImported = defineEvent({
  type: 'memory.recalls-imported',
  version: 1,
  payload: MemoryRecallsImported,
  upcasters: [],
});
