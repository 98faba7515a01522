import { InvalidInput } from '../../errors.js';

/** The header in which a client of server-sent events sends the id of the last event it received. */
export const LAST_EVENT_ID = 'Last-Event-ID';

/**
 * Returns the position in a Last-Event-ID header; undefined when it is missing or empty. Throws InvalidInput.
 */
export function resumePosition(lastEventId: string | undefined): number | undefined {
  if (!lastEventId) return undefined;
  const position = Number(lastEventId);
  if (!/^\d+$/.test(lastEventId) || !Number.isSafeInteger(position)) {
    throw InvalidInput.field(LAST_EVENT_ID, 'must be a position: a whole number from 0');
  }
  return position;
}
