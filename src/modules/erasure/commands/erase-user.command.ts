import type { UserErased } from '../../../events/erasure/user-erased.event.js';
import { Describe, IsId } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** An erasure cannot be undone, so the request says the user twice. */
export class EraseUserInput {
  @Describe('The `userId` once more.')
  @IsId()
  confirm: string;
}

/** The input with what the service has counted. */
export interface CountedInput extends EraseUserInput {
  counted: UserErased;
}

/** Erases everything that is known of a user. */
export class EraseUser extends StoreCommand<EraseUserInput> {
  private counted: UserErased = { upTo: 0, events: 0, unsealed: null };

  /** Adds what the erasure will erase; a retry counts again. */
  with(counted: UserErased): this {
    this.counted = counted;
    return this;
  }

  override generatedIds(): { counted: UserErased } {
    return { counted: this.counted };
  }
}
