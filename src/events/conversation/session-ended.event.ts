import { IsStoredId } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The session that ended. */
export class SessionEnded {
  @IsStoredId()
  sessionId: string;
}

/** A conversation was closed. */
export const sessionEnded = defineEvent({
  type: 'session.ended',
  version: 1,
  payload: SessionEnded,
  upcasters: [],
});
