import type { MemoryType } from '../events/memory/memory-formed.event.js';

/** When and where in the log something happened. Times are ms since 1970 UTC. */
export interface FactTimes {
  position: number;
  recordedAt: number;
  occurredAt: number;
  /** The user's offset from UTC when it occurred, minutes east. */
  utcOffset: number;
}

/** An observed emotion; labels in their normal form. */
export interface EmotionFact extends FactTimes {
  type: 'emotion.observed';
  emotion: string;
  /** Intensity in millionths, 0..1000000: integers have the same sum in any order. */
  micros: number;
  sessionId: string | null;
  triggers: string[];
}

/** A turn, or the start or end of a session. */
export interface SessionFact extends FactTimes {
  type: 'turn.recorded' | 'session.started' | 'session.ended';
  sessionId: string;
}

export interface MemoryFormedFact extends FactTimes {
  type: 'memory.formed';
  memoryId: string;
  memoryType: MemoryType;
}

export interface MemoryRevisedFact extends FactTimes {
  type: 'memory.revised';
  memoryId: string;
  /** The memory's new type; null if the type stayed. */
  memoryType: MemoryType | null;
}

export interface MemoryForgottenFact extends FactTimes {
  type: 'memory.forgotten';
  memoryId: string;
}

export interface RecallsImportedFact extends FactTimes {
  type: 'memory.recalls-imported';
  memoryId: string;
}

export interface RecallFact extends FactTimes {
  type: 'memory.recalled';
  memoryIds: string[];
}

/** Something of which only that it happened is counted. */
export interface PlainFact extends FactTimes {
  type:
    | 'user.registered'
    | 'profile.changed'
    | 'preference.learned'
    | 'preference.unlearned'
    | 'emotion.pattern-imported'
    | 'conversation.window-imported'
    | 'context.used'
    | 'memory.confirmed'
    | 'memory.embedded'
    | 'events.retracted'
    | 'events.restored';
}

/** What reports need of an event: never a user's text. */
export type Fact =
  | PlainFact
  | EmotionFact
  | SessionFact
  | MemoryFormedFact
  | MemoryRevisedFact
  | MemoryForgottenFact
  | RecallFact
  | RecallsImportedFact;

/** The type of a fact is the type of its event. */
export type FactType = Fact['type'];

/** The stored numbers of the types: an entry may be added at the end, never moved. */
export const FACT_TYPES = [
  'turn.recorded',
  'emotion.observed',
  'memory.formed',
  'memory.recalled',
  'session.started',
  'session.ended',
  'memory.revised',
  'memory.forgotten',
  'profile.changed',
  'preference.learned',
  'user.registered',
  'emotion.pattern-imported',
  'memory.recalls-imported',
  'conversation.window-imported',
  'preference.unlearned',
  'context.used',
  'memory.confirmed',
  'memory.embedded',
  'events.retracted',
  'events.restored',
] as const satisfies readonly FactType[];
