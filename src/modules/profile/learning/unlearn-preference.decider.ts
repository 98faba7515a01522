import { NotFound } from '../../../errors.js';
import { label } from '../../../events/labels.js';
import { profileStream } from '../../../events/streams.js';
import {
  learnedPreferencesTable,
  profilesTable,
  type LearnedPreferenceRow,
  type ProfileRow,
} from '../../../projections/current-profile.projection.js';
import type { Decision, WriteState } from '../../../writer/write-command.js';
import { resolveUser } from '../../resolve-user.js';
import { sameJson } from '../../same-json.js';
import type { UnlearnPreferenceInput } from '../commands/unlearn-preference.command.js';

/**
 * Undoes a learned preference: its entry leaves the list, its step is taken back from the level as it is now,
 * a switch goes back unless it was changed since. Undoing it again writes nothing.
 */
export function unlearnPreference(
  state: WriteState,
  userId: string,
  { learnedPosition }: UnlearnPreferenceInput,
): Decision {
  const learned = state.rows.get(learnedPreferencesTable, userId, learnedPosition);
  if (!learned) throw preferenceUnknown(learnedPosition);
  const profile = state.rows.get(profilesTable, userId) as ProfileRow;
  const answer = ({ rows }: { rows: WriteState['rows'] }) => {
    const { position, version } = rows.get(profilesTable, userId) as ProfileRow;
    return { learnedPosition, position, version };
  };
  if (learned.undone) return { status: 200, events: [], answer };
  const { when } = resolveUser(state, userId);
  const data = { learnedPosition, rule: learned.rule, ...changeBack(learned, profile) };
  return {
    status: 200,
    events: [{ streamId: profileStream(userId), type: 'preference.unlearned', data, ...when }],
    answer,
  };
}

/** There is no such learned preference of this user. */
export function preferenceUnknown(which: string | number): NotFound {
  const listed = 'GET …/profile/learned lists what was learned';
  return new NotFound(
    'preference.not-found',
    `Nothing was learned about this user in event ${which}; ${listed}.`,
  );
}

function changeBack(learned: LearnedPreferenceRow, profile: ProfileRow) {
  const { field } = learned;
  if (field === null) return {};
  const from = profile[field as keyof ProfileRow];
  const to = valueBefore(learned, from);
  return sameJson(from, to) ? {} : { field, from, to };
}

function valueBefore({ before, after, value }: LearnedPreferenceRow, now: unknown): unknown {
  if (Array.isArray(now)) return now.filter((entry) => label(entry as string) !== label(value ?? ''));
  if (typeof now === 'number' && typeof before === 'number' && typeof after === 'number')
    return Math.min(100, Math.max(0, now - (after - before)));
  return sameJson(now, after) ? before : now;
}
