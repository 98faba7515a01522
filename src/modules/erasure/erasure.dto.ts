import { Describe } from '../../validation/fields.js';

/** An erasure that is done. */
export class UserErasedAnswer {
  @Describe('The id of the event that says so.')
  erasureId: string;

  @Describe('Position of that event: everything of the user before it is gone.')
  position: number;
}

/** An id that is a new user's. */
export class UserReopenedAnswer {
  userId: string;

  @Describe('Position of the event that says so: what is written after it is the new user.')
  position: number;
}
