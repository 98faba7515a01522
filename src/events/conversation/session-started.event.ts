import { IsId } from '../../validation/fields.js';
import { defineEvent } from '../event.js';

/** Which session. */
export class SessionStarted {
  @IsId()
  sessionId: string;
}

/** A conversation began, or went on after it had been ended. */
export const sessionStarted = defineEvent({
  type: 'session.started',
  version: 1,
  payload: SessionStarted,
  upcasters: [],
});
