import { payloadValidator, storedValidator, type Shape, type Validator } from '../validation/validator.js';

/** The metadata of an event. */
export interface EventEnvelope {
  /** Position in the log: 1, 2, 3, … without gaps, in commit order. */
  position: number;
  /** UUID v7. */
  eventId: string;
  streamId: string;
  /** Number of the event in its stream, from 1. */
  version: number;
  schemaVersion: number;
  userId: string;
  /** When the event happened, according to the client: ms since 1970 UTC. */
  occurredAt: number;
  /** The user's offset from UTC at that time, in minutes east. */
  utcOffset: number;
  /** When the service recorded the event: ms since 1970 UTC. */
  recordedAt: number;
  /** The command that appended the event: UUID v7, shared by all events of one append. */
  commandId: string;
  correlationId: string;
  /** Id of the event of the same command that caused this one; null if there is none. */
  causationId: string | null;
  actor: string;
}

/** A decoded event: envelope, type and data of the newest schema version. */
export type DomainEvent<T extends string = string, D = unknown> = EventEnvelope & { type: T; data: D };

/**
 * An event without its origin (ids of event and command, actor): all that folds may use and rebuilds read.
 */
export type FoldEvent<T extends string = string, D = unknown> = Omit<
  EventEnvelope,
  'eventId' | 'commandId' | 'correlationId' | 'causationId' | 'actor'
> & { type: T; data: D };

/** Converts data of one schema version into data of the next. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/** A tuple of V - 1 upcasters: one for each step from version 1 to version V. */
export type Upcasters<V extends number, Steps extends Upcaster[] = []> = [
  ...Steps,
  Upcaster,
]['length'] extends V
  ? Steps
  : Upcasters<V, [...Steps, Upcaster]>;

/** A declared event type: its name, its newest schema version, its upcasters and its validators. */
export interface EventType<T extends string = string, D extends object = object> {
  readonly type: T;
  readonly version: number;
  readonly upcasters: readonly Upcaster[];
  /** Checks data before it is appended. */
  readonly validate: Validator<D>;
  /** Checks data that was appended, perhaps by a newer release with more optional fields: see ADR 20. */
  readonly validateStored: Validator<D>;
}

/** The event of a declared type. */
export type EventOf<E> = E extends EventType<infer T, infer D> ? DomainEvent<T, D> : never;

/** Declares an event type. A version above 1 does not compile unless every upcaster is given. */
export function defineEvent<const T extends string, const V extends number, D extends object>(declared: {
  type: T;
  version: V;
  payload: Shape<D>;
  upcasters: Upcasters<V>;
}): EventType<T, D> {
  return {
    type: declared.type,
    version: declared.version,
    upcasters: declared.upcasters as readonly Upcaster[],
    validate: payloadValidator(declared.payload),
    validateStored: storedValidator(declared.payload),
  };
}
