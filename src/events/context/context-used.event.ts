import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsNumber, Max, Min, ValidateNested } from 'class-validator';
import { IsStoredId, IsText } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** Longest id of a receipt: it holds the question, and with it a URL is as long as the service takes. */
export const MAX_RECEIPT_ID = 16_000;
/** Most memories in one context. */
export const MAX_USED = 100;

/** A memory in a context; the score is that of the search, 0 for one that the question did not find. */
export class UsedMemory {
  @IsStoredId()
  memoryId: string;

  @IsNumber()
  @Min(0)
  @Max(1_000)
  score: number;
}

/** A context, by its receipt, the turn in which it was put before the model, and the memories in it. */
export class ContextUsed {
  @IsText(1, MAX_RECEIPT_ID)
  receiptId: string;

  @IsStoredId()
  turnId: string;

  @IsArray()
  @ArrayMaxSize(MAX_USED)
  @ValidateNested({ each: true })
  @Type(() => UsedMemory)
  memories: UsedMemory[];
}

/** A reply was made with this context. */
export const contextUsed = defineEvent({
  type: 'context.used',
  version: 1,
  payload: ContextUsed,
  upcasters: [],
});
