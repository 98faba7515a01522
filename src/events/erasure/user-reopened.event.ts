import { IsText } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The type of the event, which the log itself knows. */
export const USER_REOPENED = 'user.reopened';

/** After which erasure. */
export class UserReopened {
  /** The id of the event that erased the former user of this id. */
  @IsText(1, 64)
  erasureId: string;
}

/**
 * The id of an erased user was given to a new one, who has nothing of the former: what is folded for the user
 * begins after this event.
 */
export const userReopened = defineEvent({
  type: USER_REOPENED,
  version: 1,
  payload: UserReopened,
  upcasters: [],
});
