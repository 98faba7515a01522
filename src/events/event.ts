import { payloadValidator, type Shape, type Validator } from '../validation/validator.js';

/** What the service knows about an event besides its data. */
export interface EventEnvelope {
  /** Place in the one total order of the log: 1, 2, 3, … without a gap, in commit order. */
  position: number;
  /** UUID v7. */
  eventId: string;
  streamId: string;
  /** Place in its stream, from 1. */
  version: number;
  schemaVersion: number;
  userId: string;
  /** When it happened, as the client says: ms since 1970 UTC. */
  occurredAt: number;
  /** The user's own offset from UTC at that time, in minutes east. */
  utcOffset: number;
  /** When the service took it: ms since 1970 UTC. */
  recordedAt: number;
  /** The command that wrote it: UUID v7, shared by all events of one append. */
  commandId: string;
  correlationId: string;
  /** The event of the same command that brought this one about, if any. */
  causationId: string | null;
  actor: string;
}

/** An event as folds see it: envelope, type and data of the newest schema version. */
export type DomainEvent<T extends string = string, D = unknown> = EventEnvelope & { type: T; data: D };

/** The same without who sent it and how: all that a fold may look at, and all that a rebuild reads. */
export type FoldEvent<T extends string = string, D = unknown> = Omit<
  EventEnvelope,
  'eventId' | 'commandId' | 'correlationId' | 'causationId' | 'actor'
> & { type: T; data: D };

/** Turns data of one schema version into data of the next. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/** One upcaster for each step from version 1 to V: a tuple of V - 1. */
export type Upcasters<V extends number, Steps extends Upcaster[] = []> = [
  ...Steps,
  Upcaster,
]['length'] extends V
  ? Steps
  : Upcasters<V, [...Steps, Upcaster]>;

/** An event type as declared: the name, the newest schema version, and how data becomes valid data of that version. */
export interface EventType<T extends string = string, D extends object = object> {
  readonly type: T;
  readonly version: number;
  readonly upcasters: readonly Upcaster[];
  readonly validate: Validator<D>;
}

/** The event that a declared type stands for. */
export type EventOf<E> = E extends EventType<infer T, infer D> ? DomainEvent<T, D> : never;

/** Declares an event type; a version above 1 does not compile without its upcasters. */
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
  };
}
