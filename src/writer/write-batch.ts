import { RowBatch } from '../database/row-batch.js';
import type { RowsView } from '../database/row-store.js';
import { keyText } from '../database/table.js';
import { Conflict, KeyReused } from '../errors.js';
import { USER_ERASED } from '../events/erasure/user-erased.event.js';
import type { EventCatalog, StoreEvent } from '../events/event-catalog.js';
import { erasuresTable } from '../events/log/erasure/erasure-tables.js';
import type { EventCodec } from '../events/log/event-codec.js';
import { chainHash } from '../events/log/event-hash.js';
import type { LogHead, LogTransaction, StoredEvent, StreamHead } from '../events/log/event-log.js';
import { newSalt } from '../events/log/event-seal.js';
import { receiptsTable, type ReceiptRow } from '../events/log/log-tables.js';
import { OWN_KEY, receiptKey, type ReceiptKey } from '../events/log/receipt-key.js';
import { recordEffects } from '../events/log/record-effects.js';
import { newId } from '../events/uuid.js';
import type { BatchFolds, EventFolds } from '../projections/folding/event-folds.js';
import { CLOCK_TOLERANCE_MS } from './clock-watch.js';
import type { Usage } from './quotas/usage.js';
import { refuseErased } from './refuse-erased.js';
import type {
  Decision,
  ExpectedVersion,
  Idempotency,
  NewEvent,
  WriteCommand,
  WriteState,
  Written,
} from './write-command.js';

/** The dependencies of a batch besides its transaction. */
export interface WriteParts {
  catalog: EventCatalog;
  codec: EventCodec;
  folds: EventFolds;
  /** What counts against the quotas, if there are any. */
  usage?: Usage | undefined;
}

/** The commands of one transaction: decided and folded in memory one by one, then written together. */
export class WriteBatch {
  private readonly rows: RowBatch;
  private readonly folds: BatchFolds;
  /** The rows that decisions and answers may read. */
  private readonly visible: RowsView;
  private readonly appended: StoredEvent[] = [];
  /** Heads of the streams that this batch has appended to. */
  private readonly streams = new Map<string, StreamHead>();
  /** When what clients do not date happened, ms since 1970 UTC. */
  private readonly now: number;
  /** `recordedAt` of the batch's events. */
  private readonly recordedAt: number;
  private head: LogHead;
  /** Whether an erasure is pending, of this batch or an earlier one. */
  private isErasing: boolean;
  private readonly isUncounted: boolean;

  constructor(
    private readonly transaction: LogTransaction,
    private readonly parts: WriteParts,
    /** Ms since 1970 UTC. */
    clock: number,
  ) {
    this.rows = new RowBatch(transaction.rows);
    this.head = transaction.head;
    this.isErasing = transaction.isErasing;
    this.folds = parts.folds.forBatch(this.head, this.rows);
    this.visible = this.folds.visibleRows(this.rows);
    this.isUncounted = parts.usage?.isAt(this.head, this.rows) === false;
    // The clock may be set back, but `recordedAt` must never decrease along the log. What happens now is
    // dated by the clock all the same: a log that was written while it was ahead would freeze all times. A
    // clock that is only being adjusted must not let a reply precede its question.
    this.recordedAt = Math.max(clock, this.head.recordedAt);
    this.now = this.recordedAt - clock > CLOCK_TOLERANCE_MS ? clock : this.recordedAt;
  }

  /** Whether another process appended events that projections have to fold, or quotas to count, first. */
  get isBehind(): boolean {
    return this.folds.isBehind || this.isUncounted;
  }

  /** Head position, including the events of this batch. */
  get position(): number {
    return this.head.position;
  }

  /** Number of events that the batch appends. */
  get events(): number {
    return this.appended.length;
  }

  /** Executes one command in memory. When it throws, everything that the command did is undone. */
  execute(command: WriteCommand): Written {
    const before = { mark: this.rows.mark(), head: this.head, appended: this.appended.length };
    try {
      const key = receiptKeyOf(command);
      return this.replay(command, key) ?? this.decideAndAppend(command, key);
    } catch (error) {
      this.rows.rollback(before.mark);
      this.head = before.head;
      for (const event of this.appended.splice(before.appended).toReversed()) this.revertStream(event);
      throw error;
    }
  }

  /** Writes the events and the changed rows to the transaction. */
  async flush(): Promise<void> {
    if (this.appended.length > 0) this.folds.checkpoint(this.head.position, this.rows);
    await Promise.all([this.transaction.append(this.appended), this.transaction.save(this.rows.changes())]);
  }

  private replay({ userId, idempotency }: WriteCommand, key: ReceiptKey | undefined): Written | undefined {
    if (!idempotency || !key) return undefined;
    const { requestHash, formerly } = idempotency;
    const receipt = this.receipt(userId, key);
    const former = formerly && this.formerReceipt(userId, formerly.key);
    if (receipt && !isSame(receipt.requestHash, requestHash)) throw KeyReused.of(idempotency.key);
    if (receipt) return replayOf(receipt);
    // With another hash it may be the receipt of a client's own key, which only looks like one of a batch.
    return former && isSame(former.requestHash, formerly.requestHash) ? replayOf(former) : undefined;
  }

  /** Receipts of before an erasure of the user are about to go. */
  private receipt(userId: string, key: ReceiptKey): ReceiptRow | undefined {
    const receipt = this.rows.get(receiptsTable, ...key);
    const erasure = receipt && this.rows.get(erasuresTable, userId);
    return erasure && receipt.position < erasure.position ? undefined : receipt;
  }

  private formerReceipt(userId: string, idempotencyKey: string): ReceiptRow | undefined {
    return this.rows.get(receiptsTable, ...receiptKey({ userId, idempotencyKey, batchIndex: OWN_KEY }));
  }

  private decideAndAppend(command: WriteCommand, key: ReceiptKey | undefined): Written {
    for (const { streamId, version } of command.expected ?? []) {
      checkExpected(streamId, version, this.version(command.userId, streamId));
    }
    const state: WriteState = {
      rows: this.visible,
      version: (streamId) => this.version(command.userId, streamId),
      now: this.now,
      recordedAt: this.recordedAt,
    };
    const decision = refuseErased(this.visible, command.userId, {
      isErasing: this.isErasing,
      decide: () => command.decide(state),
    });
    if (decision.refolded) this.folds.replace(decision.refolded, this.rows);
    const events = this.append(command, decision.events);
    this.parts.usage?.add(this.appended.slice(this.appended.length - events.length), this.rows);
    const position = events.at(-1)?.position ?? 0;
    const body = JSON.stringify(decision.answer({ events, position, rows: this.visible }));
    if (command.idempotency && key) this.keepReceipt(key, command.idempotency, decision, body);
    return { status: decision.status, body, replayed: false };
  }

  private append(command: WriteCommand, events: readonly NewEvent[]): StoreEvent[] {
    const commandId = command.commandId ?? newId();
    const appended: StoreEvent[] = [];
    for (const event of events) {
      const causationId = event.causedBy === undefined ? null : (appended[event.causedBy]?.eventId ?? null);
      appended.push(this.appendOne(command, event, { commandId, causationId }));
    }
    return appended;
  }

  private appendOne(
    { userId, correlationId, actor }: WriteCommand,
    { streamId, type, data, occurredAt, utcOffset }: NewEvent,
    { commandId, causationId }: { commandId: string; causationId: string | null },
  ): StoreEvent {
    const position = this.head.position + 1;
    const before = this.stream(userId, streamId) ?? { streamKey: position, version: 0 };
    const stream = { streamKey: before.streamKey, version: before.version + 1, position };
    const event = {
      position,
      eventId: newId(),
      streamId,
      version: stream.version,
      type,
      schemaVersion: this.parts.catalog.check(type, data),
      userId,
      occurredAt: occurredAt ?? this.now,
      utcOffset: utcOffset ?? 0,
      recordedAt: this.recordedAt,
      commandId,
      correlationId: correlationId ?? commandId,
      causationId,
      actor,
      data,
    } as StoreEvent;
    const unchained = { ...event, data: this.parts.codec.encode(data, userId), seal: newSalt() };
    const hash = chainHash(this.head.hash, unchained);
    const stored = { ...unchained, streamKey: stream.streamKey, hash };
    this.appended.push(stored);
    recordEffects([stored], this.rows);
    this.isErasing ||= type === USER_ERASED;
    this.streams.set(keyText([userId, streamId]), stream);
    this.head = { position, hash, recordedAt: this.recordedAt };
    this.folds.fold(event, this.rows);
    return event;
  }

  private keepReceipt(
    [userId, keyHash, idempotencyKey, batchIndex]: ReceiptKey,
    { requestHash }: Idempotency,
    { status }: Decision,
    body: string,
  ): void {
    this.rows.put(receiptsTable, {
      userId,
      keyHash,
      idempotencyKey,
      batchIndex,
      requestHash,
      status,
      body,
      position: this.head.position,
      recordedAt: this.recordedAt,
    });
  }

  /** The versions of an erased user's streams are none of the new user's who has the id since. */
  private version(userId: string, streamId: string): number {
    // Read in any case, so that a remote database fetches it together with the stream.
    const erasure = this.rows.get(erasuresTable, userId);
    const stream = this.stream(userId, streamId);
    if (!stream) return 0;
    return erasure && stream.position < erasure.position ? 0 : stream.version;
  }

  private stream(userId: string, streamId: string): StreamHead | undefined {
    return this.streams.get(keyText([userId, streamId])) ?? this.transaction.stream(userId, streamId);
  }

  /** Forgets the undone event: the stream is as it was before the batch, or at its last event in it. */
  private revertStream({ userId, streamId }: StoredEvent): void {
    const id = keyText([userId, streamId]);
    const before = this.appended.findLast((event) => event.userId === userId && event.streamId === streamId);
    if (before) this.streams.set(id, before);
    else this.streams.delete(id);
  }
}

/** The key that the command's receipt has or will have; undefined without an idempotency key. */
function receiptKeyOf({ userId, idempotency }: WriteCommand): ReceiptKey | undefined {
  if (!idempotency) return undefined;
  const { key: idempotencyKey, batchIndex = OWN_KEY } = idempotency;
  return receiptKey({ userId, idempotencyKey, batchIndex });
}

function replayOf({ status, body }: ReceiptRow): Written {
  return { status, body, replayed: true };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function checkExpected(streamId: string, expected: ExpectedVersion, current: number): void {
  const met =
    expected === 'any' ||
    (expected === 'none' && current === 0) ||
    (expected === 'exists' && current > 0) ||
    expected === current;
  if (!met) throw Conflict.version(streamId, expected, current);
}
