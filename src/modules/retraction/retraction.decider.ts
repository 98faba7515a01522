import { NotFound } from '../../errors.js';
import { EVENTS_RESTORED } from '../../events/retraction/events-restored.event.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import type { Decision, WriteState } from '../../writer/write-command.js';
import type { PlannedInput } from '../retracting-command.js';
import { appending, checkCurrent, erasingRetraction, retraction } from '../retracting.js';
import type { ExpireEventsInput } from './commands/expire-events.command.js';
import type { RestoreEventsInput } from './commands/restore-events.command.js';
import type { RetractEventsBody } from './commands/retract-events.command.js';
import { checkKnown, erasedForGood, outdated, replaced, retractionUnknown } from './retraction-errors.js';

/** Takes back what was worked out. What does not count already is not taken back again: nothing is written. */
export function retractEvents(
  state: WriteState,
  userId: string,
  { planned, ...body }: RetractEventsBody & PlannedInput,
): Decision {
  const { expectedPosition, reason } = body;
  const profile = state.rows.get(profilesTable, userId);
  if (!profile) throw NotFound.user(userId);
  checkKnown(planned.unknown, body);
  const last = planned.events.at(-1)?.position ?? 0;
  if (expectedPosition !== undefined && last > expectedPosition) throw outdated(expectedPosition, last);
  const { events, refolded } = retraction(state, userId, planned, reason ?? null);
  const retracted = planned.events.map(({ eventId }) => eventId);
  if (events.length === 0) {
    const nothing = { retractionId: null, position: planned.lastPosition, retracted: [], changes: {} };
    return { status: 200, events, answer: () => nothing };
  }
  return {
    status: 201,
    events,
    refolded,
    answer: (appended) => ({
      retractionId: appended.events[0]?.eventId,
      position: appended.position,
      retracted,
      changes: planned.changes,
    }),
  };
}

/** Undoes a retraction; undoing it again writes nothing. */
export function restoreEvents(
  state: WriteState,
  userId: string,
  { planned, retractionId, reason }: RestoreEventsInput & PlannedInput,
): Decision {
  const profile = state.rows.get(profilesTable, userId);
  if (!profile) throw NotFound.user(userId);
  checkCurrent(state, userId, planned);
  const { undoes } = planned;
  if (!undoes) throw retractionUnknown(retractionId);
  if (undoes.isErased && !undoes.isUndone) throw erasedForGood(retractionId);
  if (undoes.replacedBy.length > 0) throw replaced(retractionId, undoes.replacedBy);
  const position = planned.lastPosition;
  if (undoes.isUndone)
    return { status: 200, events: [], answer: () => ({ retractionId, position, restored: [], changes: {} }) };
  const data = { retractionId, retractedAt: undoes.position, reason: reason ?? null };
  const { events, refolded } = appending(state, userId, planned, { type: EVENTS_RESTORED, data });
  return {
    status: 200,
    events,
    refolded,
    answer: (appended) => ({
      retractionId,
      position: appended.position,
      restored: planned.events.map(({ eventId }) => eventId),
      changes: planned.changes,
    }),
  };
}

/** Erases what was chosen. Throws Refused if the user has newer events: they may change what is old. */
export function expireEvents(
  state: WriteState,
  userId: string,
  { planned, expectedPosition, reason }: ExpireEventsInput & PlannedInput,
): Decision {
  if (!state.rows.get(profilesTable, userId)) throw NotFound.user(userId);
  if (planned.lastPosition !== expectedPosition) throw outdated(expectedPosition, planned.lastPosition);
  const { events, refolded } = erasingRetraction(state, userId, planned, reason);
  return {
    status: events.length > 0 ? 201 : 200,
    events,
    refolded,
    answer: (appended) => ({
      retractionId: appended.events[0]?.eventId ?? null,
      position: appended.position || planned.lastPosition,
      events: planned.events.length,
    }),
  };
}
