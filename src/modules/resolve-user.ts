import { InvalidInput } from '../errors.js';
import { profileStream } from '../events/streams.js';
import { profilesTable } from '../projections/current-profile.projection.js';
import type { NewEvent, WriteState } from '../writer/write-command.js';

/** How far ahead of the service's clock a client's may be. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/** Answers the user's own offset, and the event that registers a user who is not known yet. */
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

/** The client's time in ms UTC, or the present; throws InvalidInput when it lies more than a day ahead. */
export function occurrenceTime(occurredAt: string | undefined, now: number): number {
  if (occurredAt === undefined) return now;
  const at = Date.parse(occurredAt);
  if (at > now + MAX_AHEAD_MS)
    throw InvalidInput.field('occurredAt', 'must not lie more than a day in the future');
  return at;
}
