import { label, labels } from '../../../events/labels.js';
import type { Recorded } from '../../user-log.js';
import type { ObservationAnswer } from './observations.dto.js';

/** Returns an observation as it was recorded, with its labels in normal form. */
export function observationAnswer(event: Recorded<'emotion.observed'>): ObservationAnswer {
  const { eventId, occurredAt, recordedAt, position, version } = event;
  const { emotion, intensity, confidence, triggers, sessionId, turnId, replaces } = event.data;
  const felt = { emotion: label(emotion), intensity, confidence, triggers: labels(triggers) };
  const recorded = { occurredAt, recordedAt, position, version, replaces: replaces ?? null };
  return { eventId, ...felt, sessionId, turnId, ...recorded };
}
