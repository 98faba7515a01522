import { InvalidInput } from '../../errors.js';

/** The header with which a client of server-sent events says what it has seen. */
export const LAST_EVENT_ID = 'Last-Event-ID';

/** The position that a Last-Event-ID header names; undefined without one, or while the client has seen nothing. */
export function resumePosition(lastEventId: string | undefined): number | undefined {
  if (!lastEventId) return undefined;
  const position = Number(lastEventId);
  if (!/^\d+$/.test(lastEventId) || !Number.isSafeInteger(position)) {
    throw InvalidInput.field(LAST_EVENT_ID, 'must be a position: a whole number from 0');
  }
  return position;
}
