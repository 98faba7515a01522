import { label, labels } from '../../events/labels.js';
import { emotionStream } from '../../events/streams.js';
import type { Decision, WriteState } from '../../writer/write-command.js';
import { resolveUser } from '../resolve-user.js';
import type { ObserveEmotionBody } from './commands/observe-emotion.command.js';

/** Records an emotion observed outside a turn. */
export function observeEmotion(state: WriteState, userId: string, input: ObserveEmotionBody): Decision {
  const { registration, when } = resolveUser(state, userId, input.occurredAt);
  const data = {
    emotion: label(input.emotion),
    intensity: input.intensity,
    confidence: input.confidence ?? null,
    triggers: labels(input.triggers),
    sessionId: input.sessionId ?? null,
    turnId: null,
  };
  return {
    status: 201,
    events: [...registration, { streamId: emotionStream(userId), type: 'emotion.observed', data, ...when }],
    answer: ({ events, position }) => ({ position, version: events.at(-1)?.version }),
  };
}
