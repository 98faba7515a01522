import { InvalidInput, type EventPlace, PoisonEvent } from '../errors.js';
import { whyOf } from '../why.js';
import { contextUsed } from './context/context-used.event.js';
import { conversationWindowImported } from './conversation/conversation-window-imported.event.js';
import { sessionEnded } from './conversation/session-ended.event.js';
import { sessionStarted } from './conversation/session-started.event.js';
import { turnRecorded } from './conversation/turn-recorded.event.js';
import { emotionObserved } from './emotion/emotion-observed.event.js';
import { emotionPatternImported } from './emotion/emotion-pattern-imported.event.js';
import { userErased } from './erasure/user-erased.event.js';
import { userReopened } from './erasure/user-reopened.event.js';
import type { EventOf, EventType, FoldEvent } from './event.js';
import { memoryConfirmed } from './memory/memory-confirmed.event.js';
import { memoryEmbedded } from './memory/memory-embedded.event.js';
import { memoryForgotten } from './memory/memory-forgotten.event.js';
import { memoryFormed } from './memory/memory-formed.event.js';
import { memoryRecalled } from './memory/memory-recalled.event.js';
import { memoryRecallsImported } from './memory/memory-recalls-imported.event.js';
import { memoryRevised } from './memory/memory-revised.event.js';
import { preferenceLearned } from './profile/preference-learned.event.js';
import { preferenceUnlearned } from './profile/preference-unlearned.event.js';
import { profileChanged } from './profile/profile-changed.event.js';
import { userRegistered } from './profile/user-registered.event.js';
import { eventsRestored } from './retraction/events-restored.event.js';
import { eventsRetracted } from './retraction/events-retracted.event.js';

/** The catalog: every event type of the service. */
export const EVENT_TYPES = [
  userRegistered,
  profileChanged,
  preferenceLearned,
  preferenceUnlearned,
  memoryFormed,
  memoryRevised,
  memoryConfirmed,
  memoryForgotten,
  memoryRecalled,
  memoryRecallsImported,
  memoryEmbedded,
  emotionObserved,
  emotionPatternImported,
  sessionStarted,
  turnRecorded,
  sessionEnded,
  conversationWindowImported,
  contextUsed,
  userErased,
  userReopened,
  eventsRetracted,
  eventsRestored,
] as const;

/** Any event of the service. */
export type StoreEvent = EventOf<(typeof EVENT_TYPES)[number]>;

/** The event of one type. */
export type StoreEventOf<T extends StoreEvent['type']> = Extract<StoreEvent, { type: T }>;

/** The event of one type as a fold sees it. */
export type FoldEventOf<T extends StoreEvent['type']> = FoldEvent<T, StoreEventOf<T>['data']>;

/** Looks up event types by name and upcasts stored data to the newest schema version. */
export class EventCatalog {
  private readonly types: ReadonlyMap<string, EventType>;

  constructor(types: readonly EventType[] = EVENT_TYPES) {
    this.types = new Map(types.map((declared) => [declared.type, declared]));
  }

  /** Returns the newest schema version of the type. Throws InvalidInput for an unknown type. */
  version(type: string): number {
    return this.known(type).version;
  }

  /** Validates data before it is appended and returns its schema version. Throws InvalidInput. */
  check(type: string, data: unknown): number {
    const declared = this.known(type);
    declared.validate(data);
    return declared.version;
  }

  /**
   * Upcasts stored data to the newest schema version and validates it; fields that only a newer release knows
   * are kept. Throws PoisonEvent, with position and stream, for an unknown type, for a schema version that
   * this release does not know, and for data that its type refuses.
   */
  decode(stored: EventPlace & { type: string; schemaVersion: number }, data: unknown): object {
    const declared = this.types.get(stored.type);
    if (!declared)
      throw PoisonEvent.undecodable(
        stored,
        `unknown type "${stored.type}"; a newer release may have written it`,
      );
    if (stored.schemaVersion > declared.version || stored.schemaVersion < 1) {
      const known = `this release knows versions 1 to ${declared.version}`;
      throw PoisonEvent.undecodable(
        stored,
        `"${stored.type}" has schema version ${stored.schemaVersion}; ${known}`,
      );
    }
    try {
      if (stored.schemaVersion === declared.version) return declared.validateStored(data);
      const steps = declared.upcasters.slice(stored.schemaVersion - 1);
      return declared.validateStored(
        steps.reduce((old, upcast) => upcast(old), data as Record<string, unknown>),
      );
    } catch (cause) {
      const why = whyOf(cause);
      throw PoisonEvent.undecodable(stored, `its data is not a valid "${stored.type}": ${why}`, cause);
    }
  }

  private known(type: string): EventType {
    const declared = this.types.get(type);
    if (!declared) throw InvalidInput.field('type', `${type} is not a known event type`);
    return declared;
  }
}
