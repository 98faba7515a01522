import { defineEvent } from '../event.js';

/** Nothing but the fact: who and when stand in the envelope. */
export class UserRegistered {}

/** A user was seen for the first time. */
export const userRegistered = defineEvent({
  type: 'user.registered',
  version: 1,
  payload: UserRegistered,
  upcasters: [],
});
