import type { turnRecorded } from '../../events/conversation/turn-recorded.event.js';
import type { emotionObserved } from '../../events/emotion/emotion-observed.event.js';
import type { EventOf } from '../../events/event.js';
import type { Logged } from './logged-events.js';
import type { OriginalMemory } from './original-memories.dto.js';

/** A turn as an item of an export; the import of it records the turn again. */
export function exportedTurn({
  userId,
  occurredAt,
  data,
}: Logged<EventOf<typeof turnRecorded>>): OriginalMemory {
  const { turnId, sessionId, userMessage, assistantMessage, emotion, topics } = data;
  return {
    ...item(userId, turnId, occurredAt),
    memory_type: 'conversation',
    content: `User: ${userMessage}\nAssistant: ${assistantMessage}`,
    metadata: {
      session_id: sessionId,
      user_message: userMessage,
      assistant_message: assistantMessage,
      topics,
      // Only its label: how strong it was is exported with the emotions, of which it is one.
      ...(emotion && { emotion: emotion.label }),
    },
  };
}

/** An observed emotion as an item of an export; the import of it records the emotion again. */
export function exportedEmotion({
  userId,
  eventId,
  occurredAt,
  data,
}: Logged<EventOf<typeof emotionObserved>>): OriginalMemory {
  const { emotion, intensity, triggers, sessionId } = data;
  return {
    ...item(userId, eventId, occurredAt),
    memory_type: 'emotional',
    content: emotion,
    metadata: { emotion, intensity, triggers, ...(sessionId !== null && { session_id: sessionId }) },
  };
}

function item(userId: string, id: string, at: string) {
  const times = { created_at: at, last_accessed: at };
  return { id, user_id: userId, context: null, confidence: 1, importance: 0.5, ...times, access_count: 0 };
}

/** Writes items as one JSON list, piece by piece. */
export async function* listText(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  let separator = '[';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.map((each) => JSON.stringify(each)).join(',');
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}
