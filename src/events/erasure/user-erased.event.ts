import { Type } from 'class-transformer';
import { IsInt, Min, ValidateNested } from 'class-validator';
import { IsText, Nullable, Optional } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The type of the event, which folds and the log itself know. */
export const USER_ERASED = 'user.erased';

/** Events without a seal, whose hashes cannot be computed once their data is gone. */
export class UnsealedEvents {
  /** How many they are. */
  @IsInt()
  @Min(1)
  events: number;

  /** Covers what remains of each of them: see `ErasedDigest`. 64 hex digits. */
  @IsText(1, 64)
  digest: string;
}

/** What was erased; nothing of what it said. */
export class UserErased {
  /**
   * The events of the user up to this position were counted; those between it and this event are erased too.
   */
  @IsInt()
  @Min(0)
  upTo: number;

  /** How many events lost their data. */
  @IsInt()
  @Min(0)
  events: number;

  @Nullable()
  @ValidateNested()
  @Type(() => UnsealedEvents)
  unsealed: UnsealedEvents | null;

  /** The event that erased the user first, if a restore or an import repeats it. */
  @Optional()
  @IsText(1, 64)
  repeats?: string;
}

/** A person asked to be forgotten: the data of every earlier event of the user is erased. */
export const userErased = defineEvent({
  type: USER_ERASED,
  version: 1,
  payload: UserErased,
  upcasters: [],
});
