import { ArrayMaxSize, ArrayMinSize, IsArray, Matches } from 'class-validator';
import { STORED_ID_PATTERN } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The memories that one reply used, without duplicates. */
export class MemoryRecalled {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Matches(STORED_ID_PATTERN, { each: true })
  memoryIds: string[];
}

/** A reply used these memories. */
export const memoryRecalled = defineEvent({
  type: 'memory.recalled',
  version: 1,
  payload: MemoryRecalled,
  upcasters: [],
});
