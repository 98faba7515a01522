import { IsStoredId } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** The session that started. */
export class SessionStarted {
  @IsStoredId()
  sessionId: string;
}

/** A conversation began, or resumed after it had ended. */
export const sessionStarted = defineEvent({
  type: 'session.started',
  version: 1,
  payload: SessionStarted,
  upcasters: [],
});
