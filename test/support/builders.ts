import { receiptIdOf } from '../../src/modules/context/receipt.js';

/** A Monday morning; every fixed time of the tests is relative to it. */
export const START = '2025-03-03T08:00:00.000Z';

const MINUTE = 60_000;

export function minutesLater(minutes: number, from = START): string {
  return new Date(Date.parse(from) + minutes * MINUTE).toISOString();
}

export function daysLater(days: number, from = START): string {
  return minutesLater(days * 24 * 60, from);
}

/** The id of a receipt that a context of the user could have. */
export function receiptOf(userId: string): string {
  return receiptIdOf({
    ranking: 2,
    store: '01a22c43',
    userId,
    position: 3,
    policyVersion: '0123456789abcdef',
    sha256: 'fedcba9876543210',
    q: 'boat',
    sessionId: null,
    maxTokens: 1_500,
    format: 'text',
  });
}

type Fields = Record<string, unknown>;

/** A turn without emotion; the service learns no preference from its words. */
export function turn(fields: Fields = {}): Fields {
  return {
    sessionId: 'session-1',
    userMessage: 'The harbour was quiet this morning.',
    assistantMessage: 'That sounds peaceful.',
    topics: ['harbour'],
    occurredAt: START,
    ...fields,
  };
}

/** The same turn, with joy as its emotion. */
export function joyfulTurn(fields: Fields = {}): Fields {
  return turn({
    emotion: { label: 'joy', intensity: 0.85, confidence: 0.9, triggers: ['harbour', 'morning'] },
    ...fields,
  });
}

export function memory(fields: Fields = {}): Fields {
  return {
    type: 'fact',
    content: 'Her sailing boat is called Marlin.',
    context: 'Told while planning the summer.',
    confidence: 0.9,
    importance: 0.6,
    metadata: { source: 'chat' },
    occurredAt: START,
    ...fields,
  };
}

export function emotion(fields: Fields = {}): Fields {
  return {
    emotion: 'joy',
    intensity: 0.85,
    confidence: 0.9,
    triggers: ['harbour'],
    occurredAt: START,
    ...fields,
  };
}

/** `ids('memory', 3)` is memory-1, memory-2, memory-3. */
export function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}
