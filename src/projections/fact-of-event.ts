import type { FoldEventOf, StoreEvent } from '../events/event-catalog.js';
import { MEMORY_TYPES, type MemoryType } from '../events/memory/memory-formed.event.js';
import type { Fact, FactTimes } from './facts.js';
import { withNormalLabels } from './normal-labels.js';

/** Intensities are kept in millionths. */
const MICROS = 1_000_000;

/** Any event of the service as a fold sees it. */
export type FoldedEvent = { [T in StoreEvent['type']]: FoldEventOf<T> }[StoreEvent['type']];

/** Returns what reports need of an event. */
export function factOf(event: FoldedEvent): Fact {
  const { position, recordedAt, occurredAt, utcOffset } = event;
  const times: FactTimes = { position, recordedAt, occurredAt, utcOffset };
  switch (event.type) {
    case 'emotion.observed': {
      const { emotion, intensity, sessionId, triggers } = withNormalLabels(event).data;
      return {
        type: event.type,
        ...times,
        emotion,
        micros: Math.round(intensity * MICROS),
        sessionId,
        triggers,
      };
    }
    case 'turn.recorded':
    case 'session.started':
    case 'session.ended':
      return { type: event.type, ...times, sessionId: event.data.sessionId };
    case 'memory.formed':
      return { type: event.type, ...times, memoryId: event.data.memoryId, memoryType: event.data.type };
    case 'memory.revised': {
      const { memoryId, changes } = event.data;
      return { type: event.type, ...times, memoryId, memoryType: memoryTypeOf(changes.type?.to) };
    }
    case 'memory.forgotten':
      return { type: event.type, ...times, memoryId: event.data.memoryId };
    case 'memory.recalled':
      return { type: event.type, ...times, memoryIds: event.data.memoryIds };
    case 'user.registered':
    case 'profile.changed':
    case 'preference.learned':
      return { type: event.type, ...times };
  }
}

function memoryTypeOf(value: unknown): MemoryType | null {
  return MEMORY_TYPES.find((type) => type === value) ?? null;
}
