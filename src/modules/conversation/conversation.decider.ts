import { InvalidInput, NotFound } from '../../errors.js';
import { label, labels, spellings } from '../../events/labels.js';
import { conversationStream, emotionStream, profileStream } from '../../events/streams.js';
import { sessionsTable } from '../../projections/conversation-window.projection.js';
import { isResumedBy } from '../../projections/conversation/session-times.js';
import { profilesTable } from '../../projections/current-profile.projection.js';
import { orderTime } from '../../projections/order-time.js';
import { instantMs } from '../../validation/instants.js';
import type { Decision, NewEvent, WriteState } from '../../writer/write-command.js';
import { resolveUser } from '../resolve-user.js';
import type { EndSessionInput } from './commands/end-session.command.js';
import type { ImportWindowInput } from './commands/import-window.command.js';
import type { RecordTurnBody } from './commands/record-turn.command.js';
import { keywords } from './learning/keywords.js';
import { learnPreferences } from './learning/learn-preferences.js';

/**
 * Records a turn and all that comes with it: the user's registration, the start of the session, the emotion
 * of the turn, and what it teaches. A turn after the end of its session resumes it; one that only arrives
 * late does not.
 */
export function recordTurn(
  state: WriteState,
  userId: string,
  input: RecordTurnBody & { turnId: string },
): Decision {
  const { turnId, sessionId, userMessage, assistantMessage } = input;
  if (userMessage === '' && assistantMessage === '')
    throw InvalidInput.field('userMessage', 'must not be empty when assistantMessage is empty');
  const { registration, when } = resolveUser(state, userId, input.occurredAt);
  const at = orderTime({ occurredAt: when.occurredAt ?? state.now, recordedAt: state.recordedAt });
  const streamId = conversationStream(userId, sessionId);
  const session = state.rows.get(sessionsTable, userId, sessionId);
  const found = input.learn ? keywords(userMessage) : undefined;
  const emotion = turnEmotion(input, found);
  const events: NewEvent[] = [...registration];
  const isOpened = session !== undefined && session.openedAt !== null;
  if (!isOpened || isResumedBy(session, at)) {
    events.push({ streamId, type: 'session.started', data: { sessionId }, ...when });
  }
  const topics = spellings(input.topics ?? found);
  const turn = { turnId, sessionId, userMessage, assistantMessage, topics, emotion };
  const causedBy = events.push({ streamId, type: 'turn.recorded', data: turn, ...when }) - 1;
  if (emotion) {
    const { label: shown, ...strength } = emotion;
    const data = { emotion: shown, ...strength, sessionId, turnId };
    events.push({
      streamId: emotionStream(userId),
      type: 'emotion.observed',
      data,
      ...when,
      causedBy,
    });
  }
  if (input.learn) {
    const profile = state.rows.get(profilesTable, userId);
    for (const learned of learnPreferences(userMessage, profile)) {
      const data = { ...learned, turnId };
      events.push({ streamId: profileStream(userId), type: 'preference.learned', data, ...when, causedBy });
    }
  }
  return {
    status: 201,
    events,
    answer: (appended) => ({
      turnId,
      sessionId,
      position: appended.position,
      events: appended.events.map(({ position, type, streamId: stream, version }) => ({
        position,
        type,
        streamId: stream,
        version,
      })),
    }),
  };
}

/** Ends a session; ending it again writes nothing. */
export function endSession(state: WriteState, userId: string, { sessionId }: EndSessionInput): Decision {
  const session = state.rows.get(sessionsTable, userId, sessionId);
  if (!session || session.openedAt === null) throw NotFound.session(sessionId);
  if (session.ended)
    return { status: 200, events: [], answer: () => ({ sessionId, position: session.position }) };
  const { when } = resolveUser(state, userId);
  const streamId = conversationStream(userId, sessionId);
  return {
    status: 200,
    events: [{ streamId, type: 'session.ended', data: { sessionId }, ...when }],
    answer: ({ position }) => ({ sessionId, position }),
  };
}

/** Takes over what another program kept of a session beside its turns; the first turn opens the session. */
export function importWindow(state: WriteState, userId: string, input: ImportWindowInput): Decision {
  const { sessionId } = input;
  const { registration, when } = resolveUser(state, userId, input.lastActivityAt);
  const streamId = conversationStream(userId, sessionId);
  const startedAt = input.startedAt === undefined ? undefined : instantMs(input.startedAt);
  if (startedAt !== undefined && startedAt > (when.occurredAt ?? state.now))
    throw InvalidInput.field('startedAt', 'must not be after lastActivityAt');
  const data = {
    sessionId,
    topics: spellings(input.topics),
    emotions: (input.emotions ?? []).map(label).filter(Boolean),
    ...(startedAt !== undefined && { startedAt }),
  };
  return {
    status: 200,
    events: [...registration, { streamId, type: 'conversation.window-imported', data, ...when }],
    answer: ({ position }) => ({ sessionId, position }),
  };
}

function turnEmotion({ emotion }: RecordTurnBody, found: readonly string[] | undefined) {
  if (!emotion) return null;
  return {
    label: label(emotion.label),
    intensity: emotion.intensity,
    confidence: emotion.confidence ?? null,
    triggers: labels(emotion.triggers ?? found),
  };
}
