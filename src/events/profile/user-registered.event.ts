import { defineEvent } from '../event.js';

/** Empty: the envelope contains the user and the time. */
export class UserRegistered {}

/** The first command for a user registered the user. */
export const userRegistered = defineEvent({
  type: 'user.registered',
  version: 1,
  payload: UserRegistered,
  upcasters: [],
});
