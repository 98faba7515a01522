import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsNumber, Max, Min, ValidateNested } from 'class-validator';
import { MAX_RECEIPT_ID, MAX_USED } from '../../../events/context/context-used.event.js';
import { Describe, IsId, IsText } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** A memory of a receipt. */
export class UsedMemoryBody {
  @IsId()
  memoryId: string;

  @Describe('The score of the search; 0 for a memory that the question did not find.')
  @IsNumber()
  @Min(0)
  @Max(1_000)
  score: number;
}

/** The turn in which a context was put before the model. */
export class UseContextBody {
  @Describe('The `turnId` that recording the turn answered; it is not looked up.')
  @IsId()
  turnId: string;
}

/** A receipt and its turn. */
export class UseContextInput extends UseContextBody {
  @IsText(1, MAX_RECEIPT_ID)
  receiptId: string;

  @Describe('`memories` of the receipt.')
  @IsArray()
  @ArrayMaxSize(MAX_USED)
  @ValidateNested({ each: true })
  @Type(() => UsedMemoryBody)
  memories: UsedMemoryBody[];
}

/** Ties a context to the turn for which it was put before the model. */
export class UseContext extends StoreCommand<UseContextInput> {}
