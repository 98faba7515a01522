import type { RowsView } from '../database/row-store.js';
import type { StoreEvent } from '../events/event-catalog.js';

/** What a stream must be for the command to be written: at any version, without events, with some, or at exactly one. */
export type ExpectedVersion = 'any' | 'none' | 'exists' | number;

/** An event that a decision asks to append. */
export type NewEvent<E extends StoreEvent = StoreEvent> = E extends StoreEvent
  ? {
      streamId: string;
      type: E['type'];
      data: E['data'];
      /** Ms UTC; the time of recording when left out. */
      occurredAt?: number | undefined;
      /** Minutes east of UTC; 0 when left out. */
      utcOffset?: number;
      /** Index, in this decision, of the event that brought this one about. */
      causedBy?: number;
    }
  : never;

/** What a decision may look at: everything already reflects the commands before it in the same batch. */
export interface WriteState {
  readonly rows: RowsView;
  /** Version of the user's stream; 0 when it has no events, even if it had a projection row once. */
  version(streamId: string): number;
  /** Ms UTC at which the events will be recorded. */
  readonly now: number;
}

/** What was appended, and the rows as the events left them. */
export interface Appended {
  readonly events: readonly StoreEvent[];
  /** Position of the last event; 0 when nothing was appended. */
  readonly position: number;
  readonly rows: RowsView;
}

/** The outcome of a command that was not refused. */
export interface Decision {
  /** HTTP status of the answer, kept with the receipt. */
  status: number;
  events: readonly NewEvent[];
  answer: (appended: Appended) => object;
}

/** An idempotency key and the fingerprint of the command it stands for. */
export interface Idempotency {
  key: string;
  /** SHA-256 of the command and its body. */
  requestHash: Uint8Array;
}

/** What comes with any command, besides its input. */
export interface CommandContext {
  actor: string;
  /** UUID v7 for this one command, when the transport has one already. */
  commandId?: string | undefined;
  correlationId?: string | undefined;
  idempotencyKey?: string | undefined;
  /** SHA-256 of the batch that the key stands for, 64 hex digits; part of the request's fingerprint. */
  batchHash?: string | undefined;
  /** What `If-Match` or `If-None-Match` demand of the changed stream. */
  expected?: ExpectedVersion | undefined;
}

/** One command on its way to the log: one atomic append. */
export interface WriteCommand {
  userId: string;
  /** UUID v7; made up when left out. */
  commandId?: string | undefined;
  idempotency?: Idempotency | undefined;
  correlationId?: string | undefined;
  actor: string;
  expected?: readonly { streamId: string; version: ExpectedVersion }[];
  /** Pure: reads the state, answers what to append, or throws a refusal. */
  decide(state: WriteState): Decision;
}

/** The answer of a command whose events are on disk. */
export interface Written {
  status: number;
  /** JSON text: what the first answer was, byte for byte, when it is replayed. */
  body: string;
  replayed: boolean;
}
