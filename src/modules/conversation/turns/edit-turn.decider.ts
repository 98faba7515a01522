import type { Appended, Decision, WriteState } from '../../../writer/write-command.js';
import {
  aroundTurn,
  checkVersion,
  originalOf,
  retraction,
  shifted,
  stateAfter,
  timeOf,
} from '../../retracting.js';
import type { EditTurnParts } from '../commands/edit-turn.command.js';
import { recordTurn } from '../conversation.decider.js';
import { turnUnknown } from './turn-errors.js';

/**
 * Takes a turn back, with all that it caused, and records it again under the same id, at its place in time.
 */
export function editTurn(
  state: WriteState,
  userId: string,
  { planned, turnId, expected, reason, ...said }: EditTurnParts,
): Decision {
  const original = originalOf(planned, 'turn.recorded');
  if (!original) throw turnUnknown(turnId, planned.takenBack['turn.recorded']);
  checkVersion(original, expected);
  const taken = retraction(state, userId, planned, reason ?? null);
  const after = stateAfter(state, planned);
  const sessionId = said.sessionId ?? original.data.sessionId;
  const occurredAt = said.occurredAt ?? timeOf(original);
  const turn = { ...said, turnId, sessionId, occurredAt };
  const recorded = recordTurn(after, userId, turn);
  const events = shifted(recorded.events, taken.events.length).map((event) =>
    event.type === 'turn.recorded'
      ? { ...event, data: { ...event.data, replaces: original.eventId }, causedBy: 0 }
      : event,
  );
  const { occurredAt: at = 0, utcOffset = 0 } = events.find(({ type }) => type === 'turn.recorded') ?? {};
  const { end } = aroundTurn({ before: state, after }, userId, { sessionId, occurredAt: at, utcOffset });
  return {
    status: 200,
    events: [...taken.events, ...events, ...end],
    ...(taken.refolded && { refolded: taken.refolded }),
    answer: (appended) => ({
      ...recorded.answer(appended),
      ...correction(appended, 'turn.recorded'),
      replaces: original.eventId,
      retracted: planned.events.map(({ eventId }) => eventId),
      memoriesRetracted: planned.memoriesGone,
    }),
  };
}

function correction({ events }: Appended, type: string): object {
  const recorded = events.find((event) => event.type === type);
  return { eventId: recorded?.eventId, version: recorded?.version, retractionId: events[0]?.eventId };
}
