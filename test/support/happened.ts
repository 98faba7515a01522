import type { ContextUsed } from '../../src/events/context/context-used.event.js';
import type { ConversationWindowImported } from '../../src/events/conversation/conversation-window-imported.event.js';
import type { TurnRecorded } from '../../src/events/conversation/turn-recorded.event.js';
import type { EmotionObserved } from '../../src/events/emotion/emotion-observed.event.js';
import type { EmotionPatternImported } from '../../src/events/emotion/emotion-pattern-imported.event.js';
import type { MemoryFormed } from '../../src/events/memory/memory-formed.event.js';
import type { PreferenceLearned } from '../../src/events/profile/preference-learned.event.js';
import { conversationStream, memoryStream } from '../../src/events/streams.js';
import { receiptOf } from './builders.js';
import { USER, type Happened } from './recorder.js';

/** The user and the times of an event; the Recorder has the defaults. */
export interface When {
  userId?: string;
  occurredAt?: number;
  recordedAt?: number;
  utcOffset?: number;
}

type Changes = Record<string, { from: unknown; to: unknown }>;

export function registered(when: When = {}): Happened {
  return { ...when, streamId: `profile:${when.userId ?? USER}`, type: 'user.registered', data: {} };
}

export function profileChanged(changes: Changes, when: When = {}): Happened {
  const streamId = `profile:${when.userId ?? USER}`;
  return { ...when, streamId, type: 'profile.changed', data: { changes } };
}

export function preferenceLearned(data: Partial<PreferenceLearned>, when: When = {}): Happened {
  const streamId = `profile:${when.userId ?? USER}`;
  return { ...when, streamId, type: 'preference.learned', data: { rule: 'rule', turnId: 'turn-1', ...data } };
}

export function preferenceUnlearned(learnedPosition: number, when: When = {}): Happened {
  const streamId = `profile:${when.userId ?? USER}`;
  return { ...when, streamId, type: 'preference.unlearned', data: { learnedPosition, rule: 'rule' } };
}

/** The events of a user whose UTC offset is this, in minutes. */
export function withUtcOffset(utcOffset: number): Happened[] {
  return [registered(), profileChanged({ utcOffset: { from: 0, to: utcOffset } })];
}

export function formed(memory: Partial<MemoryFormed> = {}, when: When = {}): Happened {
  const data: MemoryFormed = {
    memoryId: 'memory-1',
    type: 'fact',
    content: 'Her sailing boat is called Marlin.',
    context: null,
    confidence: 0.9,
    importance: 0.6,
    metadata: {},
    ...memory,
  };
  return { ...when, streamId: memoryStream(when.userId ?? USER, data.memoryId), type: 'memory.formed', data };
}

export function revised(memoryId: string, changes: Changes, when: When = {}): Happened {
  return {
    ...when,
    streamId: memoryStream(when.userId ?? USER, memoryId),
    type: 'memory.revised',
    data: { memoryId, changes },
  };
}

export function confirmed(memoryId: string, to: number, when: When = {}): Happened {
  const data = { memoryId, content: 'Said again.', context: null, confidence: { from: 0.5, to } };
  return { ...when, streamId: memoryStream(when.userId ?? USER, memoryId), type: 'memory.confirmed', data };
}

export function forgotten(memoryId: string, when: When = {}): Happened {
  const data = { memoryId, reason: null };
  return { ...when, streamId: memoryStream(when.userId ?? USER, memoryId), type: 'memory.forgotten', data };
}

export function recalled(memoryIds: string[], when: When = {}): Happened {
  return { ...when, streamId: `recall:${when.userId ?? USER}`, type: 'memory.recalled', data: { memoryIds } };
}

export function contextUsed(data: Partial<ContextUsed> = {}, when: When = {}): Happened {
  const userId = when.userId ?? USER;
  const memories = [{ memoryId: 'memory-1', score: 0.5 }];
  return {
    ...when,
    streamId: `context:${userId}`,
    type: 'context.used',
    data: { receiptId: receiptOf(userId), turnId: 'turn-1', memories, ...data },
  };
}

export function observed(observation: Partial<EmotionObserved> = {}, when: When = {}): Happened {
  const data: EmotionObserved = {
    emotion: 'joy',
    intensity: 0.5,
    confidence: null,
    triggers: [],
    sessionId: null,
    turnId: null,
    ...observation,
  };
  return { ...when, streamId: `emotion:${when.userId ?? USER}`, type: 'emotion.observed', data };
}

export function patternImported(pattern: Partial<EmotionPatternImported> = {}, when: When = {}): Happened {
  const data: EmotionPatternImported = {
    emotion: 'joy',
    frequency: 4,
    meanIntensity: 0.8,
    triggers: [],
    hours: Array.from({ length: 24 }, () => 0),
    trend: 'stable',
    ...pattern,
  };
  return { ...when, streamId: `emotion:${when.userId ?? USER}`, type: 'emotion.pattern-imported', data };
}

export function embedded(
  data: { memoryId: string; model: string; vector: string },
  when: When = {},
): Happened {
  return { ...when, streamId: `embedding:${when.userId ?? USER}`, type: 'memory.embedded', data };
}

export function recallsImported(memoryId: string, count: number, when: When = {}): Happened {
  const data = { memoryId, count };
  return { ...when, streamId: `recall:${when.userId ?? USER}`, type: 'memory.recalls-imported', data };
}

export function windowImported(window: Partial<ConversationWindowImported> = {}, when: When = {}): Happened {
  const data = { sessionId: 'session-1', topics: [], emotions: [], ...window };
  return { ...when, streamId: streamOf(data.sessionId, when), type: 'conversation.window-imported', data };
}

export function retracted(positions: number[], when: When = {}): Happened {
  const eventIds = positions.map((position) => `event-${position}`);
  const streamId = `profile:${when.userId ?? USER}`;
  return { ...when, streamId, type: 'events.retracted', data: { eventIds, positions, reason: null } };
}

export function restored(retractedAt: number, when: When = {}): Happened {
  const streamId = `profile:${when.userId ?? USER}`;
  const data = { retractionId: `event-${retractedAt}`, retractedAt, reason: null };
  return { ...when, streamId, type: 'events.restored', data };
}

export function started(sessionId: string, when: When = {}): Happened {
  return { ...when, streamId: streamOf(sessionId, when), type: 'session.started', data: { sessionId } };
}

export function turnRecorded(turn: Partial<TurnRecorded> = {}, when: When = {}): Happened {
  const data: TurnRecorded = {
    turnId: 'turn-1',
    sessionId: 'session-1',
    userMessage: 'The harbour was quiet this morning.',
    assistantMessage: 'That sounds peaceful.',
    topics: [],
    emotion: null,
    ...turn,
  };
  return { ...when, streamId: streamOf(data.sessionId, when), type: 'turn.recorded', data };
}

export function ended(sessionId: string, when: When = {}): Happened {
  return { ...when, streamId: streamOf(sessionId, when), type: 'session.ended', data: { sessionId } };
}

function streamOf(sessionId: string, { userId = USER }: When): string {
  return conversationStream(userId, sessionId);
}
