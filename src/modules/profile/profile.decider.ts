import { InvalidInput } from '../../errors.js';
import { spellings } from '../../events/labels.js';
import { profileStream } from '../../events/streams.js';
import { conversationSummariesTable } from '../../projections/conversation-window.projection.js';
import {
  DEFAULT_PROFILE,
  profilesTable,
  type ProfileRow,
} from '../../projections/current-profile.projection.js';
import { isSmallJson } from '../../validation/fields.js';
import { canonicalTimeZone } from '../../validation/time-zone.js';
import type { Decision, WriteState } from '../../writer/write-command.js';
import { offsetIn, resolveUser } from '../resolve-user.js';
import { sameJson } from '../same-json.js';
import { MAX_PATTERNS_BYTES, type ChangeProfileBody } from './commands/change-profile.command.js';
import { mergePatch } from './merge-patch.js';
import { profileAnswer } from './profile-answer.js';

type Changes = Record<string, { from: unknown; to: unknown }>;

/** Records the fields whose value changes; a change without effect writes nothing. */
export function changeProfile(
  state: WriteState,
  userId: string,
  { occurredAt, ...input }: ChangeProfileBody,
): Decision {
  const { registration, when } = resolveUser(state, userId, occurredAt);
  const before = state.rows.get(profilesTable, userId) ?? DEFAULT_PROFILE;
  const changes = differences(before, withLocalTime(before, input, state.now));
  const streamId = profileStream(userId);
  const changed = Object.keys(changes).length > 0;
  return {
    status: 200,
    events: [
      ...registration,
      ...(changed ? [{ streamId, type: 'profile.changed' as const, data: { changes }, ...when }] : []),
    ],
    answer: ({ rows }) => {
      const row = rows.get(profilesTable, userId) as ProfileRow;
      const profile = profileAnswer(row, rows.get(conversationSummariesTable, userId));
      return { profile, position: row.position, version: row.version };
    },
  };
}

/**
 * The zone and the offset that hold afterwards. The offset alone ends the zone; a new zone alone sets the
 * offset to its own at that time, for clients that know only offsets.
 */
function withLocalTime(
  before: Partial<ProfileRow>,
  input: ChangeProfileBody,
  now: number,
): ChangeProfileBody {
  const { timeZone, utcOffset } = input;
  if (timeZone === undefined) return utcOffset === undefined ? input : { ...input, timeZone: null };
  if (timeZone === null) return input;
  const name = canonicalTimeZone(timeZone);
  if (name === before.timeZone || utcOffset !== undefined) return { ...input, timeZone: name };
  return { ...input, timeZone: name, utcOffset: offsetIn(name, now) };
}

function differences(before: Partial<ProfileRow>, input: ChangeProfileBody): Changes {
  const { voice, ...fields } = resolved(before, input);
  const changes: Changes = {};
  const compare = (name: string, from: unknown, to: unknown) => {
    if (to !== undefined && !sameJson(from, to)) changes[name] = { from, to };
  };
  for (const [name, to] of Object.entries(fields)) compare(name, before[name as keyof ProfileRow], to);
  for (const [name, to] of Object.entries(voice ?? {})) {
    compare(`voice.${name}`, before.voice?.[name as keyof ProfileRow['voice']], to);
  }
  return changes;
}

/** Returns the fields with the values that they get: lists without repetitions, patterns merged. */
function resolved(before: Partial<ProfileRow>, input: ChangeProfileBody): ChangeProfileBody {
  const { interests, dislikes, communicationPatterns, gender } = input;
  return {
    ...input,
    ...(interests && { interests: spellings(interests) }),
    ...(dislikes && { dislikes: spellings(dislikes) }),
    ...(communicationPatterns && {
      communicationPatterns: mergedPatterns(before.communicationPatterns, communicationPatterns),
    }),
    ...(gender === null && { gender: DEFAULT_PROFILE.gender }),
  };
}

function mergedPatterns(
  before: Record<string, unknown> | undefined,
  patch: Record<string, unknown>,
): Record<string, unknown> {
  const merged = mergePatch(before, patch);
  if (!isSmallJson(merged, MAX_PATTERNS_BYTES))
    throw InvalidInput.field(
      'communicationPatterns',
      `must be at most ${MAX_PATTERNS_BYTES} bytes when merged with the present ones; null removes a field`,
    );
  return merged;
}
