import { label, labels } from '../../events/labels.js';
import { emotionStream } from '../../events/streams.js';
import {
  importedEmotionsTable,
  type ImportedEmotionRow,
} from '../../projections/emotion-trend.projection.js';
import type { Decision, WriteState } from '../../writer/write-command.js';
import { resolveUser } from '../resolve-user.js';
import { sameJson } from '../same-json.js';
import type { ImportEmotionPatternBody } from './commands/import-emotion-pattern.command.js';
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

/** Takes over what another program knew of an emotion; what is known already is not written again. */
export function importEmotionPattern(
  state: WriteState,
  userId: string,
  { lastAt, ...input }: ImportEmotionPatternBody,
): Decision {
  const { registration, when } = resolveUser(state, userId, lastAt);
  const data = {
    emotion: label(input.emotion),
    frequency: input.frequency,
    meanIntensity: input.meanIntensity,
    triggers: labels(input.triggers),
    hours: input.hours ?? Array.from({ length: 24 }, () => 0),
    trend: input.trend ?? 'stable',
  };
  const known = state.rows.get(importedEmotionsTable, userId, data.emotion);
  const isKnown = known !== undefined && isSame(known, data, when.occurredAt);
  const event = { streamId: emotionStream(userId), type: 'emotion.pattern-imported', data, ...when } as const;
  return {
    status: 200,
    events: isKnown ? [] : [...registration, event],
    answer: ({ position }) => ({ emotion: data.emotion, position: isKnown ? null : position }),
  };
}

function isSame({ userId: _user, lastAt, ...known }: ImportedEmotionRow, data: object, at?: number): boolean {
  return sameJson(known, data) && (at === undefined || at === lastAt);
}
