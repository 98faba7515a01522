import { Describe, IsId } from '../../../validation/fields.js';
import { StoreCommand } from '../../store-command.js';

/** A new user is meant only after an erasure that the caller knows of. */
export class ReopenUserInput {
  @Describe('The `erasureId` of the last erasure of this id.')
  @IsId()
  afterErasure: string;
}

/** Gives the id of an erased user to a new one, who has nothing of the former. */
export class ReopenUser extends StoreCommand<ReopenUserInput> {}
