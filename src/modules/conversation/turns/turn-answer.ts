import { label, labels } from '../../../events/labels.js';
import type { Recorded } from '../../user-log.js';
import type { RecordedTurnAnswer } from './turns.dto.js';

/** Returns a turn as it was recorded, with the labels of its emotion in normal form. */
export function turnAnswer(event: Recorded<'turn.recorded'>): RecordedTurnAnswer {
  const { occurredAt, recordedAt, eventId, position, version } = event;
  const { turnId, sessionId, userMessage, assistantMessage, topics, emotion: shown, replaces } = event.data;
  const emotion = shown && { ...shown, label: label(shown.label), triggers: labels(shown.triggers) };
  const said = { turnId, sessionId, userMessage, assistantMessage, topics, emotion };
  return { ...said, occurredAt, recordedAt, eventId, position, version, replaces: replaces ?? null };
}
