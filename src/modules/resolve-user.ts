import { MINUTE_MS } from '../durations.js';
import { InvalidInput } from '../errors.js';
import { profileStream } from '../events/streams.js';
import { profilesTable, type ProfileRow } from '../projections/current-profile.projection.js';
import { instantMs } from '../validation/instants.js';
import type { NewEvent, WriteState } from '../writer/write-command.js';
import { zoneClock } from './zone-clock.js';

/** How far a client's clock may be ahead of the service's, ms. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/** When an event happened, as every decider records it: the instant, and the local time of the user. */
export interface Occurrence {
  /** Ms since 1970 UTC; undefined for the time of recording. */
  occurredAt: number | undefined;
  /** Minutes east of UTC. */
  utcOffset: number;
}

/**
 * Returns when the event of a command happened, and the event that registers a user who is not known yet.
 * `occurredAt` is the client's; left out, the event happens now.
 */
export function resolveUser(
  state: WriteState,
  userId: string,
  occurredAt?: string,
): { registration: NewEvent[]; when: Occurrence } {
  const profile = state.rows.get(profilesTable, userId);
  const at = occurrenceTime(occurredAt, state.now);
  const when = {
    occurredAt: occurredAt === undefined ? undefined : at,
    utcOffset: writtenOffset(occurredAt) ?? offsetOf(profile, at),
  };
  // A user joins with the first thing that is told of them, also when a history is told later.
  const registered = { streamId: profileStream(userId), type: 'user.registered', data: {}, ...when } as const;
  return { registration: profile ? [] : [registered], when };
}

/**
 * Returns the offset that a client wrote into a time, in minutes east of UTC. `Z` and `-00:00` say that the
 * local offset is unknown (RFC 3339, section 4.3).
 */
export function writtenOffset(time: string | undefined): number | undefined {
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(time ?? '') ?? [];
  const size = Number(hours) * 60 + Number(minutes);
  if (sign === '-') return size === 0 ? undefined : -size;
  return sign === '+' ? size : undefined;
}

/** Returns the offset of the profile's time zone at the instant, else the profile's fixed offset. */
export function offsetOf(profile: ProfileRow | undefined, at: number): number {
  return (profile?.timeZone ? offsetIn(profile.timeZone, at) : undefined) ?? profile?.utcOffset ?? 0;
}

/**
 * Returns a time zone's offset in minutes east of UTC, without seconds (such offsets ended in 1972);
 * undefined for a zone that this program's time zone database lacks, although another release knew it.
 */
export function offsetIn(timeZone: string, at: number): number | undefined {
  const clock = zoneClock(timeZone);
  return clock && Math.round(clock.offsetAt(at) / MINUTE_MS);
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
