import { InvalidInput } from '../../../errors.js';
import type { StoreEvent } from '../../../events/event-catalog.js';
import { label, labels } from '../../../events/labels.js';
import type { Original } from '../../../operations/retraction/planned-retraction.js';
import type { Decision, NewEvent, WriteState } from '../../../writer/write-command.js';
import { occurrenceTime, writtenOffset } from '../../resolve-user.js';
import { aroundTurn, checkVersion, originalOf, retraction, shifted, stateAfter } from '../../retracting.js';
import { sameJson } from '../../same-json.js';
import type { CorrectObservationParts } from '../commands/correct-observation.command.js';
import { observationUnknown } from './observation-errors.js';

type OriginalTurn = Extract<Original, { type: 'turn.recorded' }>;
type Observation = Extract<Original, { type: 'emotion.observed' }>;

/**
 * Takes an observation back and records it again otherwise, at its place in time. The emotion of a turn is a
 * part of the turn, which is recorded again with it; what else came from the turn stays. A correction without
 * effect writes nothing.
 */
export function correctObservation(
  state: WriteState,
  userId: string,
  { planned, eventId, expected, reason, ...change }: CorrectObservationParts,
): Decision {
  const original = originalOf(planned, 'emotion.observed');
  if (!original) throw observationUnknown(eventId, planned.takenBack['emotion.observed']);
  checkVersion(original, expected);
  const turn = originalOf(planned, 'turn.recorded');
  if (turn) checkOfTurn(change);
  const data = corrected(original, change);
  const when = timesOf(state, original, change.occurredAt);
  const isSame = sameJson(data, normal(original)) && when.occurredAt === original.occurredAt;
  if (isSame) {
    const { position, version, eventId: same } = original;
    const answer = { eventId: same, position, version, replaces: null, retractionId: null };
    return { status: 200, events: [], answer: () => answer };
  }
  const taken = retraction(state, userId, planned, reason ?? null);
  const observed: Extract<NewEvent, { type: 'emotion.observed' }> = {
    streamId: original.streamId,
    type: 'emotion.observed',
    data: { ...data, replaces: original.eventId },
    ...when,
  };
  const after = stateAfter(state, planned);
  const again = turn ? inTurn({ before: state, after }, turn, observed) : [{ ...observed, causedBy: 0 }];
  return {
    status: 200,
    events: [...taken.events, ...shifted(again, turn ? taken.events.length : 0)],
    ...(taken.refolded && { refolded: taken.refolded }),
    answer: ({ events, position }) => ({
      eventId: observedOf(events)?.eventId,
      position,
      version: observedOf(events)?.version,
      replaces: original.eventId,
      retractionId: events[0]?.eventId,
    }),
  };
}

const observedOf = (events: readonly StoreEvent[]) => events.find(({ type }) => type === 'emotion.observed');

type Change = Omit<CorrectObservationParts, 'planned' | 'eventId' | 'expected' | 'reason'>;
type Felt = Omit<Observation['data'], 'replaces'>;

function corrected(original: Observation, change: Change): Felt {
  const { emotion, intensity, confidence, triggers, sessionId } = change;
  const before = normal(original);
  return {
    emotion: emotion === undefined ? before.emotion : label(emotion),
    intensity: intensity ?? before.intensity,
    confidence: confidence === undefined ? before.confidence : confidence,
    triggers: triggers === undefined ? before.triggers : labels(triggers),
    sessionId: sessionId === undefined ? before.sessionId : sessionId,
    turnId: before.turnId,
  };
}

function normal({ data: { replaces: _replaces, ...data } }: Observation): Felt {
  return { ...data, emotion: label(data.emotion), triggers: labels(data.triggers) };
}

function timesOf({ now }: WriteState, original: Observation, occurredAt: string | undefined) {
  const { utcOffset } = original;
  if (occurredAt === undefined) return { occurredAt: original.occurredAt, utcOffset };
  return { occurredAt: occurrenceTime(occurredAt, now), utcOffset: writtenOffset(occurredAt) ?? utcOffset };
}

/** The session and the time of a turn's emotion are those of the turn. */
function checkOfTurn({ sessionId, occurredAt }: Change): void {
  const message = 'belongs to the turn that shows the emotion; edit the turn';
  if (sessionId !== undefined) throw InvalidInput.field('sessionId', message);
  if (occurredAt !== undefined) throw InvalidInput.field('occurredAt', message);
}

/** The turn with its corrected emotion, which it causes. */
function inTurn(
  states: { before: WriteState; after: WriteState },
  turn: OriginalTurn,
  observed: Extract<NewEvent, { type: 'emotion.observed' }>,
): NewEvent[] {
  const { occurredAt, utcOffset, userId, data } = turn;
  const { start, end } = aroundTurn(states, userId, { sessionId: data.sessionId, occurredAt, utcOffset });
  return [...start, withEmotion(turn, observed.data), { ...observed, causedBy: start.length }, ...end];
}

function withEmotion(turn: OriginalTurn, felt: Felt): NewEvent {
  const { streamId, occurredAt, utcOffset, data, eventId } = turn;
  const { emotion, intensity, confidence, triggers } = felt;
  const shown = { label: emotion, intensity, confidence, triggers };
  const again = { ...data, emotion: shown, replaces: eventId };
  return { streamId, type: 'turn.recorded', data: again, occurredAt, utcOffset };
}
