import { InvalidInput } from '../errors.js';
import { profileStream } from '../events/streams.js';
import { profilesTable } from '../projections/current-profile.projection.js';
import { instantMs } from '../validation/instants.js';
import type { NewEvent, WriteState } from '../writer/write-command.js';

/** How far a client's clock may be ahead of the service's, ms. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/**
 * Returns the user's offset in minutes east of UTC, and the event that registers a user who is not known yet.
 */
export function resolveUser(
  state: WriteState,
  userId: string,
): { registration: NewEvent[]; utcOffset: number } {
  const profile = state.rows.get(profilesTable, userId);
  if (profile) return { registration: [], utcOffset: profile.utcOffset };
  return {
    registration: [{ streamId: profileStream(userId), type: 'user.registered', data: {} }],
    utcOffset: 0,
  };
}

/**
 * Returns the client's time in ms UTC, or the present. Throws InvalidInput when it is more than a day ahead.
 */
export function occurrenceTime(occurredAt: string | undefined, now: number): number {
  if (occurredAt === undefined) return now;
  const at = instantMs(occurredAt);
  if (at > now + MAX_AHEAD_MS)
    throw InvalidInput.field('occurredAt', 'must not be more than a day in the future');
  return at;
}
