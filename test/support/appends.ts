import { hash } from 'node:crypto';
import { StoreError } from '../../src/errors.js';
import type { StoreEvent } from '../../src/events/event-catalog.js';
import type { EventLog, StoredEvent } from '../../src/events/log/event-log.js';
import type { EventWriter } from '../../src/writer/event-writer.js';
import type {
  Decision,
  ExpectedVersion,
  NewEvent,
  WriteCommand,
  Written,
} from '../../src/writer/write-command.js';

/** The stream that a test writes to when it does not matter which. */
export const STREAM = 'emotion:ada';

const OBSERVED = { intensity: 0.5, confidence: null, triggers: [], sessionId: null, turnId: null };

/** An event that any log accepts and every projection can fold. */
export function joy(streamId = STREAM, occurredAt?: number): NewEvent {
  return { streamId, type: 'emotion.observed', data: { emotion: 'joy', ...OBSERVED }, occurredAt };
}

/** Such an event with a given emotion. */
export function feeling(emotion: string, streamId = STREAM): NewEvent {
  return { streamId, type: 'emotion.observed', data: { emotion, ...OBSERVED } };
}

/** An event whose data does not match its type, so that every log refuses it. */
export function malformed(streamId = STREAM): NewEvent {
  return { streamId, type: 'emotion.observed', data: { emotion: '' } } as unknown as NewEvent;
}

interface Fields extends Partial<Omit<WriteCommand, 'expected' | 'decide' | 'idempotency'>> {
  key?: string;
  batchIndex?: number;
  /** The key and body of the receipt that an older release would have stored. */
  former?: { key: string; body: string };
  /** The request body that is hashed for the idempotency key. */
  body?: string;
  expected?: Record<string, ExpectedVersion>;
  status?: number;
  decide?: () => Decision;
}

const hashOf = (text: string): Uint8Array => hash('sha256', text, 'buffer');

/** A command that appends the events; its answer names their positions and versions. */
export function append(events: readonly NewEvent[], fields: Fields = {}): WriteCommand {
  const { key, batchIndex, former, body = '', expected = {}, status = 201, decide, ...rest } = fields;
  const formerly = former && { key: former.key, requestHash: hashOf(former.body) };
  return {
    userId: 'ada',
    actor: 'test',
    idempotency: key === undefined ? undefined : { key, batchIndex, requestHash: hashOf(body), formerly },
    expected: Object.entries(expected).map(([streamId, version]) => ({ streamId, version })),
    decide: decide ?? (() => ({ status, events, answer: (appended) => answerOf(appended.events) })),
    ...rest,
  };
}

/** The answer to a command of `append`. */
export interface AppendAnswer {
  events: { position: number; version: number }[];
}

function answerOf(events: readonly StoreEvent[]): AppendAnswer {
  return { events: events.map(({ position, version }) => ({ position, version })) };
}

/** The positions of the events that a command appended. */
export function positionsOf({ body }: Written): number[] {
  return (JSON.parse(body) as AppendAnswer).events.map(({ position }) => position);
}

/** The StoreError that a promise rejects with; throws when it resolves. */
export async function refusal(promise: Promise<unknown>): Promise<StoreError> {
  const [outcome] = await Promise.allSettled([promise]);
  if (outcome.status === 'fulfilled') {
    throw new Error(`This should have been refused: ${JSON.stringify(outcome.value)}`);
  }
  if (outcome.reason instanceof StoreError) return outcome.reason;
  throw outcome.reason;
}

/** Sends all commands at once, so that they share a commit; returns each answer or refusal code. */
export async function writeTogether(
  writer: EventWriter,
  commands: readonly WriteCommand[],
): Promise<(Written | string)[]> {
  const outcomes = await Promise.allSettled(commands.map((command) => writer.write(command)));
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value;
    if (outcome.reason instanceof StoreError) return outcome.reason.code;
    throw outcome.reason;
  });
}

/** Every event of the log, or of whatever reads pages of it. */
export async function allEvents(log: Pick<EventLog, 'read'>, retractedAsOf?: number): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (;;) {
    const page = await log.read({ after: all.at(-1)?.position ?? 0, limit: 100_000, retractedAsOf });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** `numbers(3)` is 1, 2, 3. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
