import { IsId } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The session that ended. */
export class SessionEnded {
  @IsId()
  sessionId: string;
}

/** A conversation was closed. */
export const sessionEnded = defineEvent({
  type: 'session.ended',
  version: 1,
  payload: SessionEnded,
  upcasters: [],
});
